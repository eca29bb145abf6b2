#!/bin/sh
set -e
ip -batch - <<'END'
address del 198.51.100.17/32 dev eth1
END
iptables-restore -w 5 --noflush <<'END'
*nat
-D netctl-snat-10.0.1.0 2
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -o eth2 -m comment --comment "netctl:c0b8dde9 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
COMMIT
END
ip -batch - <<'END'
address replace 198.51.100.17/32 metric 117 dev eth2
END
