#!/bin/sh
set -e
ip -batch - <<'END'
address del 198.51.100.17/32 dev eth1
END
iptables-restore -w 5 --noflush <<'END'
*nat
-D netctl-POSTROUTING 3
-D netctl-dnat-198.51.100.0 1
-D netctl-float-snat 2
-F netctl-back-10.0.1.64
-F netctl-snat-10.0.1.64
-X netctl-back-10.0.1.64
-X netctl-snat-10.0.1.64
COMMIT
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.17 --reply-src 10.0.1.100
-D --orig-src 10.0.1.100 --reply-dst 198.51.100.17
END
