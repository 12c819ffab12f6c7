"""What is weaker than MUST: how strong a requirement is, by what was done and violated.

MUST is what RFC 862, TCP or the book demands under events that happen to every server sooner or
later. SHOULD is what POSIX and the manual pages ask for that Linux seldom or never does, what an
operator expects when resources run out, and what quality asks for. MAY is what they allow and Linux
does not do to TCP, or leaves to those who start a program. Only exceptions have a row: a pair
without one is MUST.
"""

import enum
from dataclasses import dataclass


class Level(enum.IntEnum):
    """How strong a requirement is; the stronger is the greater."""

    MAY = 1
    SHOULD = 2
    MUST = 3

    @property
    def word(self) -> str:
        """The level as it is written on the command line and in JSON."""
        return self.name.lower()


LEVELS = {level.word: level for level in sorted(Level, reverse=True)}
"""The levels by their words, the strongest first."""


@dataclass(frozen=True)
class LevelException:
    """A row of the table: a pair that is weaker than MUST.

    `fault` is the family's name, "" for any; `choices` are the values of its parameters that the
    row is about, none for all. `invariant` is the violated one, "" for any. `source` says where
    the requirement is written, `reason` why it is no stronger; for MAY, why Linux does not do it.
    """

    level: Level
    source: str
    reason: str
    fault: str = ""
    choices: tuple[str, ...] = ()
    invariant: str = ""

    @property
    def done(self) -> str:
        """What was done, in words."""
        if not self.fault:
            return "anything"
        return f"{self.fault}: {', '.join(self.choices)}" if self.choices else self.fault

    @property
    def violated(self) -> str:
        """What was violated, in words."""
        return self.invariant or "anything"


NOT_LOOKED_AT = (
    "inet_csk_accept() returns a connection whatever the error of its socket, for the calls that "
    "follow to report"
)

EXCEPTIONS: tuple[LevelException, ...] = (
    LevelException(
        Level.SHOULD,
        "POSIX accept(), UNP 5.11",
        "Linux accepts a connection that was reset in the queue; the next call on it reports the "
        "reset",
        fault="accept_errors",
        choices=("ECONNABORTED",),
    ),
    LevelException(
        Level.SHOULD,
        "POSIX accept(), UNP 5.11, accept(2)",
        "a protocol error of STREAMS, by which SVR4 told of an aborted connection; TCP in Linux "
        "has none",
        fault="accept_errors",
        choices=("EPROTO",),
    ),
    LevelException(
        Level.SHOULD,
        "POSIX accept(), accept(2)",
        "the process or the system is short of descriptors or memory for a while: it must be run "
        "that close to its limits first",
        fault="accept_errors",
        choices=("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"),
    ),
    LevelException(
        Level.SHOULD,
        "POSIX accept() EMFILE, getrlimit(2)",
        "the same shortage, by a limit of descriptors that is really lowered",
        fault="scarce_descriptors",
    ),
    LevelException(
        Level.SHOULD,
        "POSIX fork(), pthread_create()",
        "the system has no room for another process or thread for a while: it must be run that "
        "close to its limits first",
        fault="fork_errors",
    ),
    LevelException(
        Level.SHOULD,
        "accept(2), fork(2), open(2), epoll_ctl(2), send(2), write(2), POSIX setsockopt()",
        "the process or the system is short of something for a while: it must be run that close to "
        "its limits first",
        fault="failed_calls",
        choices=("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EAGAIN", "ENOSPC"),
    ),
    LevelException(
        Level.SHOULD,
        "POSIX accept(), UNP 5.11, read(2), write(2)",
        "Linux does not report it of a TCP connection, or a disk has failed",
        fault="failed_calls",
        choices=("ECONNABORTED", "EPROTO", "EIO"),
    ),
    LevelException(
        Level.SHOULD,
        "RFC 9293 3.8.5, RFC 6093",
        "TCP has to carry it, and any peer may send it; new programs should not, and RFC 862 does "
        "not know it",
        fault="urgent_data",
    ),
    LevelException(
        Level.SHOULD,
        "UNP 6.8, epoll(7)",
        "no protocol says how the clients of a server share it, and one that is never at the end "
        "of what it reads is rare",
        fault="flooding_client",
    ),
    LevelException(
        Level.SHOULD,
        "POSIX exec, UNP 13.4",
        "POSIX lets a program be started so and finds that best avoided; what a daemon is started "
        "by does it all the same",
        fault="inherited",
        choices=(
            "NO_INPUT",
            "NO_OUTPUT",
            "NO_ERROR",
            "NO_STREAMS",
            "OUTPUT_GONE",
            "MANY_DESCRIPTORS",
            "CHLD_IGNORED",
            "PIPE_IGNORED",
            "SMALL_STACK",
        ),
    ),
    LevelException(
        Level.SHOULD,
        "select(2), getrlimit(2), UNP 6.8",
        "no protocol says how many clients a server has to serve; it must be run with a limit "
        "above the usual one first",
        fault="many_clients",
    ),
    LevelException(
        Level.MAY,
        "POSIX exec (rationale), write(2), getrlimit(2)",
        "init and the shells of Linux start no program so: they unblock its signals, read its "
        "output and leave it 1,024 descriptors; who does not has made the mistake",
        fault="inherited",
        choices=("OUTPUT_FULL", "CHLD_BLOCKED", "FEW_DESCRIPTORS"),
    ),
    LevelException(
        Level.SHOULD,
        "write(2), POSIX XCU 1.4",
        "the disk is full or the reader has gone: no protocol says what a client makes of that",
        fault="output_fails",
    ),
    LevelException(
        Level.SHOULD,
        "RFC 1123 2.3, RFC 6724 2, UNP 11.12",
        "a name with several addresses of which the first does not answer is the operator's; the "
        "RFCs ask clients to be prepared for it",
        fault="connecting",
        choices=("FIRST_ADDRESS_DEAD", "LAST_ADDRESS_DEAD"),
    ),
    LevelException(
        Level.SHOULD,
        "RFC 9293 3.5, ip(7) ip_local_port_range",
        "no server of a port outside the ephemeral range is affected, and the kernel lets one be "
        "reserved (ip_local_reserved_ports)",
        fault="connecting",
        choices=("SELF_CONNECT",),
    ),
    LevelException(
        Level.SHOULD,
        "malloc(3)",
        "no protocol says how much memory a server may keep; one that runs for months needs a "
        "bound",
        invariant="bounded_memory",
    ),
    LevelException(
        Level.SHOULD,
        "RFC 9293 3.8.6",
        "TCP lets a receiver close its window; no protocol says when a server has to",
        invariant="backpressure",
    ),
    LevelException(
        Level.SHOULD,
        "UNP 7.5, socket(7) SO_REUSEADDR",
        "RFC 862 does not ask for it; the book says that all TCP servers should, for the operator",
        invariant="clean_restart",
    ),
    LevelException(
        Level.SHOULD,
        "UNP 5.16, signal(7)",
        "init waits for some time and then sends SIGKILL; no protocol says how a server has to "
        "end, the operator counts on it",
        invariant="clean_stop",
    ),
    LevelException(
        Level.SHOULD,
        "write(2), POSIX XCU 1.4",
        "the book checks what its clients write, RFC 862 does not ask for it; POSIX asks it of "
        "every utility",
        invariant="reports_output_error",
    ),
    LevelException(
        Level.SHOULD,
        "UNP 16.2, fcntl(2), tcsetattr(3)",
        "the next program at the terminal suffers, not the service; the book's own client leaves "
        "O_NONBLOCK behind",
        invariant="leaves_as_found",
    ),
    LevelException(
        Level.SHOULD,
        "RFC 1123 2.3, UNP 11.12",
        "the RFC says SHOULD; where the first address answers, nothing is missed",
        invariant="tries_each_address",
    ),
    LevelException(
        Level.SHOULD,
        "RFC 9293 3.5, UNP 4.10",
        "TCP lets a socket connect to itself, and no RFC says that an application has to notice",
        invariant="no_self_connect",
    ),
    LevelException(
        Level.MAY,
        "accept(2), RFC 1122 4.2.3.9",
        "what ICMP brings by network unreachable, host unreachable and source route failed: soft "
        "errors, on which TCP must go on; tcp_v4_err() remembers them until the connection times "
        f"out, and {NOT_LOOKED_AT}",
        fault="accept_errors",
        choices=("ENETUNREACH", "EHOSTUNREACH", "EOPNOTSUPP"),
    ),
    LevelException(
        Level.MAY,
        "accept(2), icmp_err_convert[] of Linux",
        "what ICMP brings by protocol unreachable, host unknown and host isolated: of an "
        "established connection tcp_v4_err() takes all of them for soft errors as well, and "
        f"{NOT_LOOKED_AT}",
        fault="accept_errors",
        choices=("ENOPROTOOPT", "EHOSTDOWN", "ENONET"),
    ),
    LevelException(
        Level.MAY,
        "accept(2)",
        "the network interface is down: no ICMP brings it, an established connection sends again "
        f"until it times out, and {NOT_LOOKED_AT}",
        fault="accept_errors",
        choices=("ENETDOWN",),
    ),
    LevelException(
        Level.MAY,
        "accept(2), POSIX setsockopt()",
        "what ICMP brings, as after accept_errors; and an option of a connection that is over, "
        "which Linux sets all the same",
        fault="failed_calls",
        choices=(
            *("EHOSTDOWN", "EHOSTUNREACH", "EINVAL", "ENETDOWN", "ENETUNREACH", "ENONET"),
            *("ENOPROTOOPT", "EOPNOTSUPP"),
        ),
    ),
    LevelException(
        Level.MAY,
        "RFC 1122 4.2.3.9, ip(7)",
        "Linux keeps what a router says to itself until it gives up by its own timeout, unless a "
        "program asks for it (IP_RECVERR)",
        fault="segments",
        choices=("UNREACHABLE",),
    ),
    LevelException(
        Level.MAY,
        "mmap(2), poll(2), select(2), proc_sys_vm(5)",
        "Linux grants small mappings while it overcommits, and its own small allocations do not "
        "fail: where memory is short it ends a process instead; many runtimes end themselves at "
        "ENOMEM, and say so",
        fault="failed_calls",
        choices=("MEMORY", "DESCRIPTORS"),
    ),
)
"""The table of levels: all pairs that are weaker than MUST."""
