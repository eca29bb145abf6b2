#!/bin/sh
set -e
# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM waits until it is gone:
# its arguments go before its sockets are closed.
runs() { { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"; }
ends() { [ -z "$(cat "/proc/$1/cmdline" | tr -d '\0')" ] && grep -q '^State:.[^ZX]' "/proc/$1/status"; } 2>/dev/null
tell() {
  pid=$(cat "$2" 2>/dev/null) || return 0
  runs "$pid" "$2" || return 0
  kill -"$1" "$pid"
  [ "$1" = TERM ] || return 0
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    runs "$pid" "$2" || ends "$pid" || return 0
    sleep 0.5
  done
  kill -KILL "$pid"
}
{ { grep -vxF -e fa:16:3e:44:a0:50,10.0.1.2,vm-1 -- /var/lib/netctl/networks/blue/hosts || :; }; printf '%s\n' fa:16:3e:44:a0:50,set:no-router,10.0.1.2,vm-1; } | LC_ALL=C sort -u > /var/lib/netctl/networks/blue/hosts.new
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
rm -f -- /run/netctl/dnsmasq-blue.loaded
tell HUP /run/netctl/dnsmasq-blue.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
3e1b86ed5dc42ddf
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
{ { grep -vxF -e fa:16:3e:48:3f:3d,set:no-router,10.0.2.2,vm-1 -- /var/lib/netctl/networks/red/hosts || :; }; printf '%s\n' fa:16:3e:48:3f:3d,10.0.2.2,vm-1; } | LC_ALL=C sort -u > /var/lib/netctl/networks/red/hosts.new
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
rm -f -- /run/netctl/dnsmasq-red.loaded
tell HUP /run/netctl/dnsmasq-red.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
935b78e1c0b9aa47
link br-red
address br-red 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
