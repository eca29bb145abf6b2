// kinds/flow/many.ts — how connections are cut: both directions of a pair by its own addresses, and of many pairs only
// those that have any.
import type { Flow } from './model.ts';

/**
 * Lines of `conntrack -R -`: who came by the floating address, and whom the instance went to as it. None there is no
 * error.
 */
export function cutLines({ floating, fixed }: Pick<Flow, 'floating' | 'fixed'>): readonly string[] {
  return [`-D --orig-dst ${floating} --reply-src ${fixed}`, `-D --orig-src ${fixed} --reply-dst ${floating}`];
}

/** Reads pairs, one a line, looks through the table once, and cuts those it has found. */
const PROGRAM = [
  'while (<STDIN>) { chomp; $cut{$_} = 1 }',
  'open $list, "-|", "conntrack", "-L" or die "conntrack: $!\\n";',
  'while (<$list>) { ($a, $b, $c, $d) = /src=(\\S+) dst=(\\S+).*src=(\\S+) dst=(\\S+)/ or next; $found{"$b $c"}++; $found{"$d $a"}++ }',
  'close $list or die "conntrack -L failed\\n";',
  'open $cutter, "|-", "conntrack", "-R", "-" or die "conntrack: $!\\n";',
  'for (grep { $cut{$_} } sort keys %found) { ($f, $x) = split; print $cutter "-D --orig-dst $f --reply-src $x\\n-D --orig-src $x --reply-dst $f\\n" }',
  'close $cutter or die "conntrack -R failed\\n"',
].join(' ');

export const MANY = { from: 32, argv: ['perl', '-e', PROGRAM], calls: ['conntrack'] } as const;
