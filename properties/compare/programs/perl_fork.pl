#!/usr/bin/perl
# Echo in Perl, a process for each connection; the kernel reaps what nobody waits for.
use strict;
use warnings;
use IO::Socket::INET;

my ($host, $port) = @ARGV;
my $listener = IO::Socket::INET->new(
    LocalAddr => $host, LocalPort => $port, Listen => 128, ReuseAddr => 1,
) or die "listen: $@\n";

$SIG{CHLD} = 'IGNORE';

while (1) {
    my $connection = $listener->accept or next;
    my $pid = fork;
    if (!defined $pid) {
        warn "fork: $!\n";
    } elsif ($pid == 0) {
        close $listener;
        local $SIG{PIPE} = 'IGNORE';
        while (sysread $connection, my $data, 65536) {
            while (length $data) {
                my $written = syswrite $connection, $data;
                exit 1 unless defined $written;
                substr $data, 0, $written, '';
            }
        }
        exit 0;
    }
    close $connection;
}
