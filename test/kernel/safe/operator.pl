# test/kernel/safe/operator.pl — an operator in one long session who types a letter now and then, while somebody beside tries to come in anew:
# operator.pl <from> <port> <to>. Says on standard output since when (seconds of the machine's uptime) he can come in and since when not; asked
# by a line on standard input, whether the long session is alive.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
my ($from, $port, $to) = @ARGV;
sub now { open my $f, '<', '/proc/uptime' or die; (split ' ', <$f>)[0] }
$| = 1;
$SIG{PIPE} = 'IGNORE';
my $session = IO::Socket::INET->new(LocalAddr => $from, LocalPort => $port, PeerAddr => $to, PeerPort => 22) or die "cannot come in: $@\n";
$session->setsockopt(IPPROTO_TCP, TCP_NODELAY, 1);
sub comes_in {
  my $new = IO::Socket::INET->new(LocalAddr => $from, PeerAddr => $to, PeerPort => 22, Blocking => 0) or return 0;
  return 0 unless IO::Select->new($new)->can_write(0.25);
  return 0 unless syswrite $new, 'x';
  return IO::Select->new($new)->can_read(0.25) && sysread($new, my $back, 1) ? 1 : 0;
}
my ($was, $typed, $echoed, $next) = (-1, 0, 0, 0);
my $asked = IO::Select->new(\*STDIN);
for (;;) {
  my $began = now();
  my $is = comes_in();
  # Since it began: an answer that came late was on its way.
  if ($is != $was) { printf "%s %s\n", $is ? 'in' : 'out', $is ? now() : $began; $was = $is }
  if (now() > $next) { $typed += syswrite($session, 'a') // 0; $next = now() + 0.4 }
  while (IO::Select->new($session)->can_read(0)) { my $n = sysread $session, my $text, 4096; last unless $n; $echoed += $n }
  if ($asked->can_read(0)) {
    exit 0 unless sysread STDIN, my $line, 100;
    # The kernel sends anew after a while that doubles each time.
    my $late = now() + 30;
    while ($echoed < $typed && now() < $late) { last unless IO::Select->new($session)->can_read(0.2) ? do { my $n = sysread $session, my $text, 4096; $echoed += $n // 0; $n } : 1 }
    printf "session %s\n", $echoed == $typed ? 'alive' : 'dead';
  }
  select undef, undef, undef, 0.04;
}
