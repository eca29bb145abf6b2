#!/bin/sh
set -e
ip -batch - <<'END'
address del 198.51.100.17/32 dev eth1
END
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-snat - [0:0]
-D netctl-POSTROUTING 2
-F netctl-back-192.168.50.0
-F netctl-dnat-198.51.100.0
-F netctl-float-dnat
-F netctl-float-snat
-F netctl-snat-192.168.50.0
-X netctl-back-192.168.50.0
-X netctl-dnat-198.51.100.0
-X netctl-float-dnat
-X netctl-float-snat
-X netctl-snat-192.168.50.0
COMMIT
END
ip -batch - <<'END'
link set dev br-lab type bridge nf_call_iptables 0
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.17 --reply-src 192.168.50.2
-D --orig-src 192.168.50.2 --reply-dst 198.51.100.17
END
