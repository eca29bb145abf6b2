# test/kernel/traffic.pl — one end of a conversation through a host: pings, UDP at a steady pace and a TCP stream, each packet numbered and dated.
#
# traffic.pl caller|callee ADDRESS PORT UDP-PACKETS-A-SECOND PING-EVERY-MS: says `ready`, then obeys standard input, a word a line: `age`, `stop` (sending), `report` (and end soon).
# The caller pings and calls; both ends send UDP and TCP. Times are milliseconds of CLOCK_MONOTONIC, which all namespaces share.
use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use Socket qw(:all);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($role, $address, $port, $rate, $interval) = @ARGV;
my $calls = $role eq 'caller';
my $there = pack_sockaddr_in($port, inet_aton($address));
my %every = (udp => 1000 / $rate, ping => $interval, tcp => $interval);
# Who sends rarely also looks rarely: on an emulated processor the turns are what costs.
my $rest = $interval > 2 ? $interval : 0.02;
my $RECORD = 512;
my $SO_RCVBUFFORCE = 33;
$| = 1;
$SIG{PIPE} = 'IGNORE';

sub now { clock_gettime(CLOCK_MONOTONIC) * 1000 }

sub quiet {
    my ($socket) = @_;
    fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK) or die "fcntl: $!\n";
    # Whoever waits for a processor loses nothing by that.
    setsockopt($socket, SOL_SOCKET, $SO_RCVBUFFORCE, 1 << 24);
    return $socket;
}

socket(my $udp, PF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
quiet($udp);
my $peer;
if ($calls) { connect($udp, $there) or die "connect: $!\n"; $peer = $there }
else { bind($udp, $there) or die "bind: $!\n" }

my ($ping, $listener, $tcp);
if ($calls) {
    socket($ping, PF_INET, SOCK_RAW, 1) or die "socket: $!\n";
    quiet($ping);
    socket($tcp, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    quiet($tcp);
    setsockopt($tcp, IPPROTO_TCP, TCP_NODELAY, 1);
    connect($tcp, $there) or $! == EINPROGRESS or die "connect: $!\n";
} else {
    socket($listener, PF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    quiet($listener);
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($listener, $there) or die "bind: $!\n";
    listen($listener, 1) or die "listen: $!\n";
}

# Of what arrives: how many, of which numbers, and when each was sent.
my %sent = (udp => 0, ping => 0, tcp => 0);
my %due = map { ($_, now()) } keys %every;
my %got = map { ($_, { count => 0, last => -1, times => '', at => 0 }) } qw(udp ping);
my ($tcpAt, $stalls, $broken, $buffer, $pending) = (0, 0, '', '', '');
my ($sending, $lag) = (1, 0);

sub take {
    my ($what, $number, $time, $now) = @_;
    my $own = $got{$what};
    $own->{count}++ unless length $own->{times} > $number * 8 && substr($own->{times}, $number * 8, 8) ne "\0" x 8;
    $own->{times} .= "\0" x (($number + 1) * 8 - length $own->{times}) if length $own->{times} < ($number + 1) * 8;
    substr($own->{times}, $number * 8, 8) = pack 'd', $time;
    $own->{last} = $number if $number > $own->{last};
    $own->{at} = $now;
}

sub checksum {
    my ($text) = @_;
    my $sum = 0;
    $sum += $_ for unpack 'n*', $text;
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    return ~$sum & 0xffff;
}

sub sendPing {
    my ($number, $now) = @_;
    my ($head, $body) = (pack('CC', 8, 0), pack('nn N d', $port, $number & 0xffff, $number, $now));
    send($ping, $head . pack('n', checksum($head . "\0\0" . $body)) . $body, 0, $there);
}

# What the kernel has no room for waits, and dates no new record meanwhile.
sub sendRecord {
    my ($now) = @_;
    ($pending, $sent{tcp}) = (pack("d x" . ($RECORD - 8), $now), $sent{tcp} + 1) if $pending eq '';
    my $done = syswrite($tcp, $pending);
    if (defined $done) { substr($pending, 0, $done, '') }
    elsif ($! != EAGAIN && !$!{ENOTCONN}) { $broken = "$!" }
}

sub sendDue {
    my ($now) = @_;
    for my $what (qw(udp ping tcp)) {
        # Who was kept waiting goes on from here, and sends nothing twice as fast.
        $due{$what} = $now if $now - $due{$what} > 50;
        for (my $burst = 0; $due{$what} <= $now && $burst < 32; $burst++) {
            $due{$what} += $every{$what};
            if ($what eq 'udp') {
                next unless defined $peer;
                my $packet = pack('N d', $sent{udp}++, $now);
                $calls ? send($udp, $packet, 0) : send($udp, $packet, 0, $peer);
            } elsif ($what eq 'ping') {
                sendPing($sent{ping}++, $now) if $calls;
            } elsif (defined $tcp && $broken eq '') {
                sendRecord($now);
            }
        }
    }
}

sub receive {
    my ($now) = @_;
    for (1 .. 64) {
        my $from = recv($udp, my $packet, 64, 0);
        last unless defined $from;
        $peer = $from unless defined $peer;
        # By another address than it began, it is not the same flow any more.
        next if !$calls && $from ne $peer;
        take('udp', unpack('N d', $packet), $now) if length $packet == 12;
    }
    if ($calls) {
        for (1 .. 64) {
            last unless defined recv($ping, my $packet, 128, 0);
            my ($type, undef, undef, $id, undef, $number, $time) = unpack 'C C n n n N d', substr($packet, 4 * (ord($packet) & 15));
            take('ping', $number, $time, $now) if defined $time && $type == 0 && $id == $port;
        }
    }
    receiveStream($now);
}

sub receiveStream {
    my ($now) = @_;
    if (!defined $tcp && defined $listener && accept(my $accepted, $listener)) {
        $tcp = quiet($accepted);
        setsockopt($tcp, IPPROTO_TCP, TCP_NODELAY, 1);
    }
    return unless defined $tcp && $broken eq '';
    for (1 .. 16) {
        my $done = sysread($tcp, $buffer, 65536, length $buffer);
        if (!defined $done) { $broken = "$!" unless $! == EAGAIN || $!{ENOTCONN}; last }
        if ($done == 0) { $broken = 'closed' if $sending; last }
    }
    while (length $buffer >= $RECORD) {
        # What waited for this process did not wait on its way.
        my $late = $now - unpack('d', substr($buffer, 0, $RECORD, '')) - $lag;
        $stalls++ if $late > 50 && $now - $tcpAt > 50;
        $tcpAt = $now;
    }
}

sub report {
    my @streams;
    for my $what (qw(udp ping)) {
        my ($own, @holes) = ($got{$what});
        my ($before, $missing) = (0, 0);
        for my $number (0 .. $own->{last}) {
            my $time = unpack 'd', substr($own->{times}, $number * 8, 8);
            if ($time == 0) { $missing++; next }
            push @holes, sprintf('[%d,%.3f,%.3f]', $missing, $before, $time) if $missing > 0;
            ($before, $missing) = ($time, 0);
        }
        push @streams, sprintf('"%s":{"sent":%d,"received":%d,"last":%d,"lastSent":%.3f,"holes":[%s]}', $what, $sent{$what}, $own->{count}, $own->{last}, $before, join ',', @holes);
    }
    $broken =~ s/[^ \w]//g;
    # The 24th number of Linux's tcp_info.
    my $info = defined $tcp ? getsockopt($tcp, IPPROTO_TCP, TCP_INFO) : undef;
    my $again = defined $info && length $info >= 104 ? unpack('x8 x92 L', $info) : 0;
    printf qq({%s,"tcp":{"stalls":%d,"again":%d,"broken":"%s"}}\n), join(',', @streams), $stalls, $again, $broken;
}

fcntl(STDIN, F_SETFL, fcntl(STDIN, F_GETFL, 0) | O_NONBLOCK);
print "ready\n";
my ($words, $polled) = ('', now());
while (1) {
    my $now = now();
    $lag = $now - $polled;
    $polled = $now;
    sendDue($now) if $sending;
    receive($now);
    my $read = sysread(STDIN, $words, 256, length $words);
    exit if defined $read && $read == 0;
    while ($words =~ s/^(\w+)\n//) {
        if ($1 eq 'stop') { $sending = 0 }
        # Who ends at once resets the stream before the other end has reported.
        elsif ($1 eq 'report') { report(); sleep 10; exit }
        else {
            my @ages = map { sprintf '%.0f', $now - $_ } $got{udp}{at}, ($calls ? $got{ping}{at} : $now), $broken eq '' ? $tcpAt : 0;
            print join(' ', @ages), "\n";
        }
    }
    # What arrives waits for the next turn: a turn for each packet would take the processor from those who send.
    my $ready = '';
    vec($ready, fileno(STDIN), 1) = 1;
    my ($next) = sort { $a <=> $b } @due{$calls ? qw(udp ping tcp) : qw(udp tcp)};
    my $wait = $sending ? $next - now() : 1;
    select($ready, undef, undef, ($wait < $rest ? $rest : $wait) / 1000);
}
