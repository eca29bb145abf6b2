#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*filter
-D netctl-FORWARD 10
-D netctl-FORWARD 9
-D netctl-FORWARD 8
-D netctl-FORWARD 4
-D netctl-FORWARD 3
-A netctl-FORWARD -i br200 -m comment --comment "netctl:01443307 networks.shut.forward" -j ACCEPT
-A netctl-FORWARD -o br200 -m comment --comment "netctl:a297e9db networks.shut.forward" -j ACCEPT
COMMIT
END
