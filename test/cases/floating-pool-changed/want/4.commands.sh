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
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-snat-10.0.1.192 - [0:0]
:netctl-float-snat - [0:0]
:netctl-back-10.0.1.192 - [0:0]
-D netctl-POSTROUTING 2
-A netctl-POSTROUTING -s 10.0.1.192/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:ee788d14 networks.blue" -j netctl-back-10.0.1.192
-A netctl-dnat-198.51.100.0 -d 198.51.100.33/32 -m comment --comment "netctl:7450913f instances.web-1.nics[0].floating" -j DNAT --to-destination 10.0.1.200
-A netctl-snat-10.0.1.192 -s 10.0.1.200/32 -d 10.0.1.200/32 -m comment --comment "netctl:51271f32 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
-A netctl-snat-10.0.1.192 -s 10.0.1.200/32 -o eth2 -m comment --comment "netctl:a85cbd3a instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
-A netctl-float-snat -s 10.0.1.192/26 -m comment --comment "netctl:7bdf3d32 networks.blue" -j netctl-snat-10.0.1.192
-A netctl-back-10.0.1.192 -s 10.0.1.200/32 -m comment --comment "netctl:572d827b instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
-F netctl-back-10.0.1.0
-F netctl-snat-10.0.1.0
-X netctl-back-10.0.1.0
-X netctl-snat-10.0.1.0
COMMIT
END
{ { grep -vxF -e fa:16:3e:d2:b0:00,10.0.1.3,web-1 -- /var/lib/netctl/networks/blue/hosts || :; }; printf '%s\n' fa:16:3e:d2:b0:00,10.0.1.200,web-1; } | LC_ALL=C sort -u > /var/lib/netctl/networks/blue/hosts.new
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
{ { grep -vxF -e '10.0.1.3 web-1.novalocal web-1' -- /var/lib/netctl/networks/blue/names || :; }; printf '%s\n' '10.0.1.200 web-1.novalocal web-1'; } | LC_ALL=C sort -u > /var/lib/netctl/networks/blue/names.new
chmod 0600 /var/lib/netctl/networks/blue/names.new
mv -f -- /var/lib/netctl/networks/blue/names.new /var/lib/netctl/networks/blue/names
rm -f -- /run/netctl/dnsmasq-blue.loaded
tell HUP /run/netctl/dnsmasq-blue.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
794714d481aa2cab
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
ip -batch - <<'END'
link set dev tap-web-1 alias "web-1/blue 10.0.1.200 fa:16:3e:d2:b0:00"
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.33 --reply-src 10.0.1.3
-D --orig-src 10.0.1.3 --reply-dst 198.51.100.33
END
