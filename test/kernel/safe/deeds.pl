# test/kernel/safe/deeds.pl — does to netctl and its guards what is told: deeds.pl <state directory> <file with the number of what was started> <word>…
# Words: KILL, STOP, CONT, HUP, TERM, INT: the signal for what follows; netctl, group (its process group), shell (who started it), guard, standby, rollback (what the
# guard has started), terminal (what was started in the first place); a number: so many seconds pass; armed, waiting: until it is, which is told on standard
# output; damage: the file that says what waits is cut off. Several with + between: at once.
use strict;
use warnings;
my ($state, $started, @words) = @ARGV;
my $signal = 'KILL';
$| = 1;
sub text { open my $f, '<', $_[0] or return ''; local $/; my $t = <$f>; close $f; defined $t ? $t : '' }
sub pending { (text("$state/pending.json") =~ /"pid":(\d+)/)[0] // 0 }
sub await {
  my $pattern = shift;
  for (1 .. 6000) {
    my $text = text("$state/pending.json");
    if ($text =~ $pattern) { print $text; return }
    select undef, undef, undef, 0.01;
  }
  exit 1;
}
sub parent { (text("/proc/$_[0]/status") =~ /^PPid:\s*(\d+)/m)[0] // 0 }
sub all { map { /(\d+)$/ ? $1 : () } glob '/proc/[0-9]*' }
sub line { my $t = text("/proc/$_[0]/cmdline"); $t =~ tr/\0/ /; $t }
# What a guard says goes to a file of this state directory.
sub guards { my $name = shift; grep { (readlink "/proc/$_/fd/1" // '') =~ /^\Q$state\E\/generations\/\d+\/guard\.log$/ && line($_) =~ /^$name/ } all() }
sub pids {
  my $who = shift;
  return guards('netctl guard') if $who eq 'guard';
  return guards('standby') if $who eq 'standby';
  return grep { line($_) =~ / rollback --unconfirmed / } guards('\S*node') if $who eq 'rollback';
  return text($started) if $who eq 'terminal';
  my $netctl = pending();
  return () unless $netctl;
  return $netctl if $who eq 'netctl';
  return -getpgrp $netctl if $who eq 'group';
  return parent($netctl) if $who eq 'shell';
  die "nobody is called $who\n";
}
for my $word (@words) {
  if ($word =~ /^[A-Z]+$/) { $signal = $word }
  elsif ($word eq 'armed') { await(qr/"until"/) }
  elsif ($word eq 'waiting') { await(qr/"phase":"waiting"/) }
  elsif ($word eq 'damage') { open my $f, '>', "$state/pending.json" or die; print $f '{"version":1,"gener' }
  elsif ($word =~ /^[\d.]+$/) { select undef, undef, undef, $word }
  else { kill $signal, map { pids($_) } split /\+/, $word }
}
