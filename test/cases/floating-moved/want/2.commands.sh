#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-snat-10.0.1.0 - [0:0]
:netctl-back-10.0.1.0 - [0:0]
-D netctl-dnat-198.51.100.0 1
-I netctl-dnat-198.51.100.0 1 -d 198.51.100.17/32 -m comment --comment "netctl:22c67e32 instances.web-2.nics[0].floating" -j DNAT --to-destination 10.0.1.4
-A netctl-snat-10.0.1.0 -s 10.0.1.4/32 -d 10.0.1.4/32 -m comment --comment "netctl:a8d446fd instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-snat-10.0.1.0 -s 10.0.1.4/32 -o eth1 -m comment --comment "netctl:f09f5965 instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-back-10.0.1.0 -s 10.0.1.4/32 -m comment --comment "netctl:2595c561 instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.17
COMMIT
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.17 --reply-src 10.0.1.3
-D --orig-src 10.0.1.3 --reply-dst 198.51.100.17
END
