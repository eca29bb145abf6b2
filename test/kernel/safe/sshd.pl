# test/kernel/safe/sshd.pl — stands for an SSH server: says back what it hears, to any number of sessions.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 22, Listen => 128, ReuseAddr => 1) or die "cannot listen: $@\n";
my $all = IO::Select->new($server);
$SIG{PIPE} = 'IGNORE';
$| = 1;
print "ready\n";
while (my @ready = $all->can_read) {
  for my $one (@ready) {
    if ($one == $server) { my $session = $server->accept; $all->add($session) if $session; next }
    if (sysread $one, my $text, 4096) { syswrite $one, $text; next }
    $all->remove($one);
    close $one;
  }
}
