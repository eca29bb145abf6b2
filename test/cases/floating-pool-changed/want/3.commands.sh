#!/bin/sh
set -e
ip -batch - <<'END'
address del 198.51.100.17/32 dev eth2
END
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-snat-10.0.1.0 - [0:0]
:netctl-back-10.0.1.0 - [0:0]
-A netctl-dnat-198.51.100.0 -d 198.51.100.33/32 -m comment --comment "netctl:35d48ea6 instances.web-1.nics[0].floating" -j DNAT --to-destination 10.0.1.3
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -d 10.0.1.3/32 -m comment --comment "netctl:78c26000 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -o eth2 -m comment --comment "netctl:9dd6ff77 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
-A netctl-back-10.0.1.0 -s 10.0.1.3/32 -m comment --comment "netctl:d128832d instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.33
COMMIT
END
ip -batch - <<'END'
address replace 198.51.100.33/32 metric 117001 dev eth2
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth2 <<'END'
198.51.100.33
END
ip -batch - <<'END'
address replace 198.51.100.33/32 metric 117 dev eth2
END
conntrack -R - <<'END'
-D --orig-dst 198.51.100.17 --reply-src 10.0.1.3
-D --orig-src 10.0.1.3 --reply-dst 198.51.100.17
END
