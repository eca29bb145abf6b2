#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*filter
-D netctl-FORWARD 10
-D netctl-FORWARD 9
-D netctl-FORWARD 8
-D netctl-FORWARD 4
-D netctl-FORWARD 3
-A netctl-FORWARD -i br200 -m comment --comment "netctl:a941d85a networks.shut" -j ACCEPT
-A netctl-FORWARD -o br200 -m comment --comment "netctl:849c72f8 networks.shut" -j ACCEPT
COMMIT
END
