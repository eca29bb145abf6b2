#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*filter
-D netctl-FORWARD 5
-D netctl-FORWARD 4
-I netctl-FORWARD 1 -i br100 -o eth1 -m comment --comment "netctl:99a7575d networks.lab" -j ACCEPT
-I netctl-FORWARD 2 -i eth1 -o br100 -m comment --comment "netctl:bbb51fc5 networks.lab" -j ACCEPT
-I netctl-FORWARD 3 -i br100 -o eth2 -m comment --comment "netctl:d46d17d3 networks.lab" -j ACCEPT
-I netctl-FORWARD 4 -i eth2 -o br100 -m comment --comment "netctl:fa38c5ff networks.lab" -j ACCEPT
-I netctl-FORWARD 5 -i br100 -o br100 -m comment --comment "netctl:90624107 networks.lab" -j ACCEPT
-I netctl-FORWARD 6 -i br100 -m comment --comment "netctl:7b3aaf76 networks.lab" -j DROP
-I netctl-FORWARD 7 -o br100 -m comment --comment "netctl:1467b802 networks.lab" -j DROP
COMMIT
END
