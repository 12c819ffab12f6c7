"""The TCP clients of other people, and how to use each of them as an echo client.

Nobody wrote these to be tested: they are the programs with which people talk to a port by hand, and
the few lines that people write in a shell or a scripting language for it. What is known of each,
from its documentation, or from looking at its system calls (Debian 12, Linux 6.18), stands here
beside the command, so that a verdict on it can be compared with what it does.
"""

import sys
from dataclasses import dataclass

from .catalogue import which

ADDRESS = ("{host}", "{port}")

BOTH_WAYS = "exec 3<>/dev/tcp/$0/$1; cat <&3 & cat >&3"
"""bash: one cat for each direction, and nobody waits for the first."""

LINE_BY_LINE = (
    "exec 3<>/dev/tcp/$0/$1 || exit; "
    "while IFS= read -r typed; do "
    'printf "%s\\n" "$typed" >&3 || exit; '
    "IFS= read -r echoed <&3 || { echo 'the server has ended' >&2; exit 1; }; "
    'printf "%s\\n" "$echoed"; '
    "done"
)
"""bash: a line out, a line in."""

PYTHON_LINES = """
import socket, sys
server = socket.create_connection((sys.argv[1], int(sys.argv[2])))
echoes = server.makefile("rb")
for line in sys.stdin.buffer:
    server.sendall(line)
    sys.stdout.buffer.write(echoes.readline())
    sys.stdout.buffer.flush()
"""
"""Python: a line out, a line in; at end of file readline gives b"", which is printed as nothing."""

PERL_LINES = """
my $server = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1]) or die "$@\\n";
$| = 1;
while (my $typed = <STDIN>) {
    $server->print($typed);
    my $echoed = <$server> // die "the server has ended\\n";
    print $echoed;
}
"""
"""Perl: a line out, a line in; `<$server>` is undef at end of file and at every error."""

NODE_PIPES = """
const [host, port] = process.argv.slice(1);
const server = require("net").connect(port, host);
process.stdin.pipe(server).pipe(process.stdout);
"""
"""Node: two pipes, and no listener for errors."""

GAWK_LINES = """
BEGIN { printf "" |& server; fflush(server) }
{
    print |& server
    fflush(server)
    if ((server |& getline echoed) <= 0) {
        print "the server has ended" > "/dev/stderr"
        exit 1
    }
    print echoed
    fflush()
}
"""
"""gawk: a line out, a line in, over its two-way pipe to /inet/tcp."""

TWO_CATS = "cat <&6 & cat >&7; exec 6<&- 7>&-; wait"
"""sh, below tcpclient: the connection is descriptor 6 for reading and 7 for writing."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """One client: how to get it, how to start it, and what is known of it."""

    name: str
    """What a person calls it; unique, and a test's name."""
    command: tuple[str, ...]
    """With {host} and {port} still to be filled in."""
    program: str
    """The executable that must be there."""
    package: str
    """The Debian package that has it."""
    ending: str
    """What it does when its input ends."""
    source: str
    """What is known about its behaviour, and from where."""
    patience: float = 10.0
    """How long the tester is to wait for it, in seconds: less for one that wakes up for nothing."""

    @property
    def identifier(self) -> str:
        """The name as a test's id: no spaces, nothing that a shell or -k reads as its own."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name)
        return "-".join(words.lower().split())


def missing(client: Client) -> str | None:
    """Why it cannot be run on this machine, in words, or None when it can."""
    if which(client.program) is None:
        return f"{client.program} is not installed (package {client.package})"
    return None


CLIENTS: tuple[Client, ...] = (
    Client(
        name="socat",
        command=("socat", "STDIO", "TCP:{host}:{port}"),
        program="socat",
        package="socat",
        ending="half-closes, and ends half a second later at the latest",
        source=(
            "socat(1): after the end of one direction it waits -t, half a second by default, for "
            "the other, and then ends, whichever of the two it was; without -d only errors are "
            "told, and a reset is only a warning. Seen: read = ECONNRESET, half a second in "
            "pselect6, status 0."
        ),
    ),
    Client(
        name="socat-patient-and-talkative",
        command=("socat", "-d", "-d", "-t", "10", "STDIO", "TCP:{host}:{port}"),
        program="socat",
        package="socat",
        ending="half-closes",
        source=(
            "socat(1): -d -d adds warnings and notices, which say 'is at EOF' and 'Connection "
            "reset by peer' when it happens. Status 0 if its input ends in time behind it; "
            "status 1 if something is typed, which fails with EPIPE."
        ),
    ),
    Client(
        name="ncat",
        command=("ncat", *ADDRESS),
        program="ncat",
        package="ncat",
        ending="half-closes",
        source=(
            "ncat(1): it half-closes at the end of its input unless --no-shutdown is given. Seen: "
            "at the server's FIN it stops watching the socket and goes on to wait for input, "
            "without a word; every error is told with its strerror(3) and status 1; SIGPIPE is "
            "ignored."
        ),
    ),
    Client(
        name="nc.openbsd",
        command=("nc.openbsd", *ADDRESS),
        program="nc.openbsd",
        package="netcat-openbsd",
        ending="goes on",
        source=(
            "nc_openbsd(1): -N shuts the connection down behind the input, without it nothing is "
            "done; errors of connect are told only with -v. Seen: at the server's FIN it goes on "
            "to poll its input; at POLLERR or POLLHUP it closes the socket and ends with 0, "
            "without a word, and without reading what had come before the reset."
        ),
    ),
    Client(
        name="nc.openbsd -N",
        command=("nc.openbsd", "-N", *ADDRESS),
        program="nc.openbsd",
        package="netcat-openbsd",
        ending="half-closes",
        source=(
            "nc_openbsd(1): -N shuts the connection down behind the input; errors of connect are "
            "told only with -v. Seen: all else as without -N."
        ),
    ),
    Client(
        name="nc.traditional",
        command=("nc.traditional", *ADDRESS),
        program="nc.traditional",
        package="netcat-traditional",
        ending="goes on",
        source=(
            "nc.traditional(1): -q sets how many seconds after the end of its input it quits, and "
            "by default it waits for the server. Seen: no shutdown; it ends with 0 and without a "
            "word at the end of the connection, whether read gave 0 or ECONNRESET."
        ),
    ),
    Client(
        name="nc.traditional -q 1",
        command=("nc.traditional", "-q", "1", *ADDRESS),
        program="nc.traditional",
        package="netcat-traditional",
        ending="half-closes, and ends a second later at the latest",
        source=(
            "nc.traditional(1): -q 1 quits one second after the end of its input, and seen from "
            "outside also while data flows. It half-closes before. All else as without -q."
        ),
    ),
    Client(
        name="busybox nc",
        command=("busybox", "nc", *ADDRESS),
        program="busybox",
        package="busybox",
        ending="half-closes",
        source=(
            "busybox nc --help has no option for what follows. Seen: it ends with 0 and without a "
            "word at the end of the connection, whether read gave 0 or ECONNRESET; its "
            "SIGPIPE has the default action."
        ),
    ),
    Client(
        name="toybox nc",
        command=("toybox", "nc", *ADDRESS),
        program="toybox",
        package="toybox",
        ending="half-closes",
        source=(
            "toybox nc --help: -q limits how long it stays after the end of its input. Seen: it "
            "ends with 0 and without a word at the end of the connection, whether read gave 0 or "
            "ECONNRESET."
        ),
    ),
    Client(
        name="telnet",
        command=("telnet", *ADDRESS),
        program="telnet",
        package="inetutils-telnet",
        ending="ends at once, before it sends what it has just read",
        source=(
            "Not a plain client: it speaks TELNET (RFC 854). It greets on standard output, sends "
            "LF as CR LF and interprets 0xFF. Every end is 'Connection closed by foreign host.' "
            "and status 0, also a reset, and also the end of its own input."
        ),
    ),
    Client(
        name="curl telnet",
        command=("curl", "-sS", "-N", "telnet://{host}:{port}"),
        program="curl",
        package="curl",
        ending="goes on",
        source=(
            "curl(1): telnet: sends its standard input and prints what comes; -N does not buffer "
            "what it prints, -sS tells errors alone. Seen: with a pipe for its input it sleeps in "
            "read(0) after each look, so echoes that come late and the end of the connection are "
            "seen when the next line is typed. Errors are told with their strerror(3) and status "
            "55 or 56; end of file is success. 0xFF is doubled, as TELNET asks (RFC 854). When its "
            "input has ended it wakes up every ten seconds, for nothing."
        ),
        patience=3,
    ),
    Client(
        name="bash, two cats",
        command=("bash", "-c", BOTH_WAYS, *ADDRESS),
        program="bash",
        package="bash",
        ending="ends, and leaves a cat that holds the connection",
        source=(
            "bash(1), REDIRECTION: /dev/tcp/host/port opens a connection. Nothing shuts it down: "
            "the cat that reads keeps it open. A shell ends with 128 + 13 when its last command "
            "was killed by SIGPIPE, and says nothing of that. cat tells a failed read."
        ),
    ),
    Client(
        name="bash, line by line",
        command=("bash", "-c", LINE_BY_LINE, *ADDRESS),
        program="bash",
        package="bash",
        ending="closes, with all echoes there",
        source=(
            "A line out and a line in, as str_cli of UNP 5.5. read drops NUL bytes, and a last "
            "line without a newline is not sent at all (bash(1), read: it returns failure at end "
            "of file). printf is a builtin: SIGPIPE, which is not ignored, ends the shell itself."
        ),
    ),
    Client(
        name="Python, line by line",
        command=(sys.executable, "-c", PYTHON_LINES, *ADDRESS),
        program=sys.executable,
        package="python3",
        ending="closes, with all echoes there",
        source=(
            "A line out and a line in. SIGPIPE is ignored (signal, in the library reference), so a "
            "write to a reset connection raises BrokenPipeError, whose traceback tells it, with "
            "status 1. readline() gives b'' at end of file (io): that echo is missing silently."
        ),
    ),
    Client(
        name="Perl, line by line",
        command=("perl", "-MIO::Socket::INET", "-e", PERL_LINES, *ADDRESS),
        program="perl",
        package="perl",
        ending="closes, with all echoes there",
        source=(
            "A line out and a line in. readline returns undef at end of file and at an error alike "
            "(perlfunc: only $! tells them apart). SIGPIPE has its default action (perlipc)."
        ),
    ),
    Client(
        name="gawk, line by line",
        command=("gawk", "-v", "server=/inet/tcp/0/{host}/{port}", GAWK_LINES),
        program="gawk",
        package="gawk",
        ending="closes, with all echoes there",
        source=(
            "The gawk manual, Using gawk for Network Programming: getline gives 0 at end of file "
            "and -1 at an error; the script does not tell them apart. gawk adds a newline to a "
            "last line that has none (print ends with ORS)."
        ),
    ),
    Client(
        name="Node, two pipes",
        command=("node", "-e", NODE_PIPES, *ADDRESS),
        program="node",
        package="nodejs",
        ending="half-closes",
        source=(
            "stream.pipe ends its destination at the end of its source (Node, Stream), so the "
            "socket is half-closed. An 'error' event without a listener is thrown (Node, Events): "
            "a trace with ECONNRESET, status 1. libuv takes POLLHUP behind a short read for the "
            "end of file without reading again: data with a reset behind it ends with status 0."
        ),
    ),
    Client(
        name="tcpclient, two cats",
        command=("tcpclient", "-RHl0", *ADDRESS, "sh", "-c", TWO_CATS),
        program="tcpclient",
        package="ucspi-tcp",
        ending="goes on",
        source=(
            "tcpclient(1) connects and runs a program, with the connection as descriptors 6 and 7. "
            "Closing 7 is no shutdown, since 6 and the other cat are the same socket. `wait` "
            "without a pid has status 0 (sh(1)), so all failures are lost; cat tells a failed "
            "read. dash starts them by vfork, in which it cannot be stopped: a wait for that is "
            "in vain."
        ),
        patience=3,
    ),
    Client(
        name="mconnect",
        command=("mconnect", *ADDRESS),
        program="mconnect",
        package="ucspi-tcp",
        ending="goes on",
        source=(
            "mconnect(1) turns each LF of its input into CR LF. Seen: two processes, of which the "
            "one that reads the connection ends the other; status 0 and no word at any end."
        ),
    ),
    Client(
        name="tcpconnect",
        command=("tcpconnect", *ADDRESS),
        program="tcpconnect",
        package="tcputils",
        ending="half-closes",
        source=(
            "tcpconnect(1): without -r and -i it ends when its input and the connection have both "
            "ended. Seen: read = 0 and read = ECONNRESET are the same to it, write = EPIPE ends it "
            "with 0, all without a word."
        ),
    ),
    Client(
        name="hose --slave",
        command=("hose", *ADDRESS, "--slave"),
        program="hose",
        package="netpipes",
        ending="half-closes",
        source=(
            "hose(1): --slave copies both ways, with shutdown(2) behind each direction. Seen: at "
            "the server's FIN it goes on with its input; SIGPIPE has its default action; a failed "
            "read is told with its strerror(3), status 124 when its input ends."
        ),
    ),
    Client(
        name="plink -raw",
        command=("plink", "-raw", "-P", "{port}", "{host}"),
        program="plink",
        package="putty-tools",
        ending="half-closes",
        source=(
            "plink(1): -raw is a bare connection. Seen: at the server's FIN it stays for its "
            "input, without a word; errors are 'FATAL ERROR' with their strerror(3), status 1."
        ),
    ),
)
