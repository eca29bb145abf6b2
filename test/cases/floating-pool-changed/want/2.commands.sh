#!/bin/sh
set -e
ip -batch - <<'END'
address del 198.51.100.17/32 dev eth1
END
iptables-restore -w 5 --noflush <<'END'
*nat
-D netctl-snat-10.0.1.0 2
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -o eth2 -m comment --comment "netctl:c0b8dde9 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
COMMIT
END
ip -batch - <<'END'
address replace 198.51.100.17/32 metric 117001 dev eth2
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth2 <<'END'
198.51.100.17
END
ip -batch - <<'END'
address replace 198.51.100.17/32 metric 117 dev eth2
END
