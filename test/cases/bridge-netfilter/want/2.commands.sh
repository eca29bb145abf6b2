#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-snat - [0:0]
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-float-dnat - [0:0]
:netctl-snat-192.168.50.0 - [0:0]
:netctl-float-snat - [0:0]
:netctl-back-192.168.50.0 - [0:0]
-A netctl-PREROUTING -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-OUTPUT -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-POSTROUTING -s 192.168.50.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:9110a4fc networks.lab" -j netctl-back-192.168.50.0
-A netctl-snat -m comment --comment "netctl:ed6242b8 pools" -j netctl-float-snat
-A netctl-dnat-198.51.100.0 -d 198.51.100.17/32 -m comment --comment "netctl:3ccad449 instances.vm-1.nics[0].floating" -j DNAT --to-destination 192.168.50.2
-A netctl-float-dnat -d 198.51.100.0/26 -m comment --comment "netctl:4c25829f pools.public" -j netctl-dnat-198.51.100.0
-A netctl-snat-192.168.50.0 -s 192.168.50.2/32 -d 192.168.50.2/32 -m comment --comment "netctl:8f6c4d2d instances.vm-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-snat-192.168.50.0 -s 192.168.50.2/32 -o eth1 -m comment --comment "netctl:02e91b47 instances.vm-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-float-snat -s 192.168.50.0/26 -m comment --comment "netctl:c439a202 networks.lab" -j netctl-snat-192.168.50.0
-A netctl-back-192.168.50.0 -s 192.168.50.2/32 -m comment --comment "netctl:02029aae instances.vm-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
COMMIT
END
sh -c '[ -e /proc/sys/net/bridge ] || { modprobe br_netfilter && sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 && { nsenter --target 1 --net sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 || :; }; }'
ip -batch - <<'END'
link set dev br-lab type bridge nf_call_iptables 1
address replace 198.51.100.17/32 metric 117001 dev eth1
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth1 <<'END'
198.51.100.17
END
ip -batch - <<'END'
address replace 198.51.100.17/32 metric 117 dev eth1
END
