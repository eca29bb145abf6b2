#!/bin/sh
set -e
# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM waits until it is gone.
runs() { { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"; }
tell() {
  pid=$(cat "$2" 2>/dev/null) || return 0
  runs "$pid" "$2" || return 0
  kill -"$1" "$pid"
  [ "$1" = TERM ] || return 0
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    runs "$pid" "$2" || return 0
    sleep 0.5
  done
  kill -KILL "$pid"
}
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/hosts.new <<'END'
fa:16:3e:77:da:ed,10.0.0.11,vm-2
fa:16:3e:a6:8f:58,10.0.0.12,vm-1
fa:16:3e:cd:bc:6c,10.0.0.13,vm-3
END
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/names.new <<'END'
10.0.0.11 vm-2.novalocal vm-2
10.0.0.12 vm-1.novalocal vm-1
10.0.0.13 vm-3.novalocal vm-3
END
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/servers.new <<'END'
server=/vm-2.novalocal/
server=/vm-1.novalocal/
server=/vm-3.novalocal/
END
chmod 0600 /var/lib/netctl/networks/lab/servers.new
mv -f -- /var/lib/netctl/networks/lab/servers.new /var/lib/netctl/networks/lab/servers
rm -f -- /run/netctl/dnsmasq-lab.loaded
tell HUP /run/netctl/dnsmasq-lab.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
b10b25a4c910581b
link br100
address br100 10.0.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
ip -batch - <<'END'
link set dev tap-vm-1 alias "vm-1/lab 10.0.0.12 fa:16:3e:a6:8f:58"
link set dev tap-vm-2 alias "vm-2/lab 10.0.0.11 fa:16:3e:77:da:ed"
END
dhcp_release br100 10.0.0.11 fa:16:3e:a6:8f:58
for wait in 1 2 3 4 5 6 7 8 9 10; do grep -qsF -e ' fa:16:3e:a6:8f:58 10.0.0.11 ' /var/lib/netctl/networks/lab/leases || break; sleep 0.5; done
dhcp_release br100 10.0.0.12 fa:16:3e:77:da:ed
for wait in 1 2 3 4 5 6 7 8 9 10; do grep -qsF -e ' fa:16:3e:77:da:ed 10.0.0.12 ' /var/lib/netctl/networks/lab/leases || break; sleep 0.5; done
