#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*filter
:netctl-FORWARD - [0:0]
-A netctl-FORWARD -i br100 -o eth1 -m comment --comment "netctl:99a7575d networks.lab" -j ACCEPT
-A netctl-FORWARD -i eth1 -o br100 -m comment --comment "netctl:bbb51fc5 networks.lab" -j ACCEPT
-A netctl-FORWARD -i br100 -o br100 -m comment --comment "netctl:90624107 networks.lab" -j ACCEPT
-A netctl-FORWARD -i br100 -m comment --comment "netctl:7b3aaf76 networks.lab" -j DROP
-A netctl-FORWARD -o br100 -m comment --comment "netctl:1467b802 networks.lab" -j DROP
-A netctl-FORWARD -i br200 -m comment --comment "netctl:a941d85a networks.shut" -j ACCEPT
-A netctl-FORWARD -o br200 -m comment --comment "netctl:849c72f8 networks.shut" -j ACCEPT
COMMIT
END
