#!/bin/sh
set -e
# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM wakes one that is
# stopped, and waits until it is gone: its arguments go before its sockets are closed.
runs() {
  program=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  program=${program% (deleted)}
  case "${2##*/}" in "${program##*/}"-*) ;; *) return 1 ;; esac
  { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"
}
ends() { [ -z "$(cat "/proc/$1/cmdline" | tr -d '\0')" ] && grep -q '^State:.[^ZX]' "/proc/$1/status"; } 2>/dev/null
tell() {
  pid=$(cat "$2" 2>/dev/null) || return 0
  runs "$pid" "$2" || return 0
  kill -"$1" "$pid"
  [ "$1" = TERM ] || return 0
  kill -CONT "$pid" 2>/dev/null || :
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    runs "$pid" "$2" || ends "$pid" || return 0
    sleep 0.5
  done
  kill -KILL "$pid"
}
{ { grep -vxF -e fa:16:3e:77:da:ed,10.0.0.12,vm-2 -e fa:16:3e:a6:8f:58,10.0.0.11,vm-1 -- /var/lib/netctl/networks/lab/hosts || :; }; printf '%s\n' fa:16:3e:77:da:ed,10.0.0.11,vm-2 fa:16:3e:a6:8f:58,10.0.0.12,vm-1; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/hosts.new
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
{ { grep -vxF -e '10.0.0.11 vm-1.novalocal vm-1' -e '10.0.0.12 vm-2.novalocal vm-2' -- /var/lib/netctl/networks/lab/names || :; }; printf '%s\n' '10.0.0.11 vm-2.novalocal vm-2' '10.0.0.12 vm-1.novalocal vm-1'; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/names.new
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
rm -f -- /run/netctl/dnsmasq-lab.loaded
tell HUP /run/netctl/dnsmasq-lab.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
521bb705ebcdc4dd
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
