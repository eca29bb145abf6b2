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
spec.yaml:14:14: warning: instances of shut will reach what is behind eth1 (203.0.113.0/24), which the firewall of this host shuts to other bridges: netctl accepts what comes by theirs before the host’s own rules of FORWARD  [firewall-opens]
  14 |     forward: all
     |              ^
  hint: forward: none shuts it off; say yes if instances are to reach that
