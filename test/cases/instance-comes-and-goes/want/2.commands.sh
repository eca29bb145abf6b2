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
{ cat -- /var/lib/netctl/networks/lab/hosts; printf '%s\n' fa:16:3e:77:da:ed,10.0.0.3,vm-2; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/hosts.new
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
{ cat -- /var/lib/netctl/networks/lab/names; printf '%s\n' '10.0.0.3 vm-2.novalocal vm-2'; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/names.new
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
rm -f -- /run/netctl/dnsmasq-lab.loaded
tell HUP /run/netctl/dnsmasq-lab.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
b2a65d8d799385d3
link br100
address br100 10.0.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
ip -batch - <<'END'
tuntap add dev tap-vm-2 mode tap
link set dev tap-vm-2 addrgenmode none
link set dev tap-vm-2 group 117 alias "vm-2/lab 10.0.0.3 fa:16:3e:77:da:ed" mtu 1500 master br100 up
link set dev tap-vm-2 type bridge_slave hairpin on
END
