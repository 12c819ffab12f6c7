# report: samm-git/btest-opensource#14, pgexporter/pgexporter#425
# mistake: the children of a forking server are never waited for
# invariant: no_zombies
# fault: control
use strict;
use warnings;
use Errno qw(EINTR);
use IO::Socket::INET;
use POSIX ();

$SIG{CHLD} = 'IGNORE' if $ENV{FIXED};
my $listener = IO::Socket::INET->new(
    LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 512, ReuseAddr => 1
) or die "listen: $!\n";

sub send_back {
    my ($client) = @_;
    while (1) {
        my $n = sysread($client, my $data, 16384);
        next if !defined $n && $! == EINTR;
        return if !$n;
        for (my $done = 0; $done < $n;) {
            my $sent = syswrite($client, $data, $n - $done, $done);
            next if !defined $sent && $! == EINTR;
            return if !$sent;
            $done += $sent;
        }
    }
}

while (1) {
    my $client = $listener->accept;
    if (!$client) {
        select(undef, undef, undef, 0.02);
        next;
    }
    my $pid = fork;
    if (defined $pid && $pid == 0) {
        close $listener;
        send_back($client);
        POSIX::_exit(0);
    }
    close $client;
}
