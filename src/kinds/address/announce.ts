// kinds/address/announce.ts — tells a link's neighbours where an address is: who had it elsewhere would else be asked
// for minutes more.
import type { Op } from '../../core/resource.ts';
import { ipOf } from '../../net/ip.ts';

/**
 * Sends for each address, one a line, an ARP request and an ARP reply of the link's own (RFC 5227), as `arping -U` and
 * `arping -A` do, which take a second for each. That nothing can be sent (the cable is out) is no failure: nobody
 * listens.
 */
const PROGRAM = [
  '$dev = shift;',
  'sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\\n"; my $word = <$file>; chomp $word; $word }',
  '($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac;',
  '$all = "\\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all;',
  'socket $wire, 17, 3, 0 or die "socket: $!\\n";',
  'while (<STDIN>) { chomp; $ip = pack "C4", split /\\./;',
  'send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }',
].join(' ');

/** The program that announces on a link. */
export function announcer(link: string): readonly string[] {
  return ['perl', '-e', PROGRAM, link];
}

/** Announces addresses, `198.51.100.17/32` or without the length. */
export function announce(link: string, cidrs: readonly string[]): Op {
  return { op: 'batch', tool: announcer(link), lines: cidrs.map(ipOf) };
}
