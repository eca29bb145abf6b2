#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*filter
-D netctl-FORWARD 5
-D netctl-FORWARD 4
-I netctl-FORWARD 1 -i br100 -o eth1 -m comment --comment "netctl:07151194 networks.lab.forward" -j ACCEPT
-I netctl-FORWARD 2 -i eth1 -o br100 -m comment --comment "netctl:51dab6d5 networks.lab.forward" -j ACCEPT
-I netctl-FORWARD 3 -i br100 -o eth2 -m comment --comment "netctl:b7f709c6 networks.lab.forward" -j ACCEPT
-I netctl-FORWARD 4 -i eth2 -o br100 -m comment --comment "netctl:6733c49b networks.lab.forward" -j ACCEPT
-I netctl-FORWARD 5 -i br100 -o br100 -m comment --comment "netctl:b8d10770 networks.lab.forward" -j ACCEPT
-I netctl-FORWARD 6 -i br100 -m comment --comment "netctl:8238faf4 networks.lab.forward" -j DROP
-I netctl-FORWARD 7 -o br100 -m comment --comment "netctl:9f5c3d42 networks.lab.forward" -j DROP
COMMIT
END
