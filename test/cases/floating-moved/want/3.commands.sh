#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-snat-10.0.1.0 - [0:0]
:netctl-snat-10.0.1.64 - [0:0]
:netctl-back-10.0.1.0 - [0:0]
:netctl-back-10.0.1.64 - [0:0]
-A netctl-dnat-198.51.100.0 -d 198.51.100.17/32 -m comment --comment "netctl:731e975b instances.mail.nics[0].floating" -j DNAT --to-destination 10.0.1.100
-A netctl-dnat-198.51.100.0 -d 198.51.100.18/32 -m comment --comment "netctl:f120798a instances.web-2.nics[0].floating" -j DNAT --to-destination 10.0.1.4
-A netctl-snat-10.0.1.0 -s 10.0.1.4/32 -d 10.0.1.4/32 -m comment --comment "netctl:eabb95a9 instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.18
-A netctl-snat-10.0.1.0 -s 10.0.1.4/32 -o eth1 -m comment --comment "netctl:0c153b7f instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.18
-A netctl-snat-10.0.1.64 -s 10.0.1.100/32 -d 10.0.1.100/32 -m comment --comment "netctl:1ac9053e instances.mail.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-snat-10.0.1.64 -s 10.0.1.100/32 -o eth1 -m comment --comment "netctl:8515cefe instances.mail.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-back-10.0.1.0 -s 10.0.1.4/32 -m comment --comment "netctl:d276553d instances.web-2.nics[0].floating" -j SNAT --to-source 198.51.100.18
-A netctl-back-10.0.1.64 -s 10.0.1.100/32 -m comment --comment "netctl:cca2e544 instances.mail.nics[0].floating" -j SNAT --to-source 198.51.100.17
COMMIT
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.17 --reply-src 10.0.1.4
-D --orig-src 10.0.1.4 --reply-dst 198.51.100.17
-D --orig-dst 198.51.100.18 --reply-src 10.0.1.100
-D --orig-src 10.0.1.100 --reply-dst 198.51.100.18
END
