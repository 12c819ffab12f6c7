"""The echo servers of other people, and how to start each of them.

Nobody wrote these to be tested: they are programs of the distribution, or the few lines that a
library's documentation offers. What is known of each, from its documentation, its source, or from
looking (Debian 12, Linux 6.18), stands here beside the command, so that a verdict on it can be
compared with what it does.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent

# Superservers live where the PATH of a user who is not root does not look.
SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])

# Generous: a compiler on a busy machine is slow, one that asks a question would wait for ever.
COMPILE_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Implementation:
    """One server: how to get it, how to start it, and what is known of it."""

    name: str
    """What a person calls it; unique, and a test's name."""
    command: tuple[str, ...]
    """With {host} and {port}, and for a compiled one {folder}, still to be filled in."""
    program: str
    """The executable that must be there."""
    package: str
    """The Debian or PyPI package that has it."""
    model: str
    """How connections are served: fork, threads, loop, ..."""
    source: str
    """What is known about its limits and behaviour, and from where."""
    module: str = ""
    """The Python module that must be there, when one is needed."""
    compiler: tuple[str, ...] = ()
    """The command that compiles it, with {folder} to be filled in."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables for the compiler, with {folder} to be filled in."""
    options: tuple[str, ...] = ()
    """How the tester must be told of its limits."""
    fixed_port: int | None = None
    """The port, for one that cannot be told another."""
    deviation: str = ""
    """The defect it is known to have, in words; empty for one that conforms."""
    echoes_after_fin: bool = True
    """False: what is on its way back when the client half-closes may be lost."""
    listens_on_all: bool = False
    """True: it cannot be told an address, and listens on every one."""

    @property
    def identifier(self) -> str:
        """The name as a test's id: no spaces, nothing that a shell or -k reads as its own."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.name)
        return "-".join(words.lower().split())


def _python(source: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, str(SOURCES / source), "{host}", "{port}", *arguments)


def _script(interpreter: str, source: str) -> tuple[str, ...]:
    return (interpreter, str(SOURCES / source), "{host}", "{port}")


def _c(source: str) -> tuple[str, ...]:
    product = "{folder}/" + source.removesuffix(".c")
    return ("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", product, str(SOURCES / source))


def _socat(*address: str) -> tuple[str, ...]:
    return ("socat", "TCP-LISTEN:{port},bind={host},fork,reuseaddr", *address)


def which(program: str) -> str | None:
    """Where the program is, also when only a superuser's PATH leads there."""
    return shutil.which(program, path=SEARCH_PATH)


def missing(implementation: Implementation) -> str | None:
    """Why it cannot be run on this machine, in words, or None when it can."""
    needed = [implementation.program, *implementation.compiler[:1]]
    for program in needed:
        if which(program) is None:
            return f"{program} is not installed (package {implementation.package})"
    module = implementation.module
    if module and importlib.util.find_spec(module) is None:
        return f"the Python module {module} is not installed (package {implementation.package})"
    port = implementation.fixed_port
    if port is not None and port < _first_unprivileged_port() and os.geteuid() != 0:
        return f"{implementation.name} listens on port {port}, which only root may"
    return None


def _first_unprivileged_port() -> int:
    setting = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    return int(setting.read_text()) if setting.exists() else 1024


def build(implementation: Implementation, folder: Path) -> tuple[str, ...]:
    """Compile it into the folder, if it has to be, and return its command with {host} and {port}.

    The folder must be the caller's own: nothing keeps two compilers from writing to it at once.
    """
    into = {"folder": str(folder)}
    if implementation.compiler:
        environment = dict(os.environ, PATH=SEARCH_PATH)
        for name, value in implementation.environment:
            environment[name] = _filled(value, into)
        compiled = subprocess.run(
            [_filled(word, into) for word in implementation.compiler],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMPILE_SECONDS,
            check=False,
        )
        if compiled.returncode != 0:
            raise RuntimeError(f"{implementation.name} does not compile:\n{compiled.stdout}")
    program, *arguments = (_filled(word, into) for word in implementation.command)
    return (which(program) or program, *arguments)


def command_at(command: tuple[str, ...], host: str, port: int) -> tuple[str, ...]:
    """Return the command with its address filled in."""
    return tuple(_filled(word, {"host": host, "port": str(port)}) for word in command)


def _filled(word: str, values: Mapping[str, str]) -> str:
    # Not str.format: a command may have braces of its own.
    for name, value in values.items():
        word = word.replace("{" + name + "}", value)
    return word


IMPLEMENTATIONS: tuple[Implementation, ...] = (
    Implementation(
        name="socat EXEC:cat",
        command=_socat("EXEC:cat"),
        program="socat",
        package="socat",
        model="fork, then cat: two processes a connection",
        source=(
            "Measured: no limit up to 130 at once. Its accept queue is short (listen(5), "
            "xio-listen.c; `backlog=` changes it). Stopping the listener (status 143) leaves the "
            "workers, which do not hold the listening socket, so a restart succeeds. A worker is "
            "socat and its cat, joined by a socket pair."
        ),
    ),
    Implementation(
        name="socat EXEC:cat,nofork",
        command=_socat("EXEC:cat,nofork"),
        program="socat",
        package="socat",
        model="fork, and the child becomes cat",
        source=(
            "Measured: no limit up to 130 at once. Its accept queue is short (listen(5), "
            "xio-listen.c; `backlog=` changes it). Stopping the listener (status 143) leaves the "
            "workers, which do not hold the listening socket, so a restart succeeds. With nofork "
            "the worker itself becomes cat, on the connection (man page)."
        ),
    ),
    Implementation(
        name="socat SYSTEM:cat",
        command=_socat("SYSTEM:cat"),
        program="socat",
        package="socat",
        model="fork, then a shell that runs cat",
        source=(
            "Measured: no limit up to 130 at once. Its accept queue is short (listen(5), "
            "xio-listen.c; `backlog=` changes it). Stopping the listener (status 143) leaves the "
            "workers, which do not hold the listening socket, so a restart succeeds. A worker is "
            "four processes: socat, its child inside system(), the shell, and cat."
        ),
    ),
    Implementation(
        name="socat EXEC:cat,pipes",
        command=_socat("EXEC:cat,pipes"),
        program="socat",
        package="socat",
        model="fork, then cat behind two pipes",
        source=(
            "Measured: no limit up to 130 at once. Its accept queue is short (listen(5), "
            "xio-listen.c; `backlog=` changes it). Stopping the listener (status 143) leaves the "
            "workers, which do not hold the listening socket, so a restart succeeds. EOF comes "
            "0.5 s after the half-close: socat waits its -t, half a second by default (man page), "
            "after one side's EOF. A worker can block in a pipe write while its client reads "
            "late."
        ),
        deviation=(
            "clean_eof: EOF comes half a second late; exact_echo: can deadlock with a late reader"
        ),
    ),
    Implementation(
        name="socat PIPE",
        command=_socat("PIPE"),
        program="socat",
        package="socat",
        model="fork",
        source=(
            "Measured: no limit up to 130 at once. Its accept queue is short (listen(5), "
            "xio-listen.c; `backlog=` changes it). Stopping the listener (status 143) leaves the "
            "workers, which do not hold the listening socket, so a restart succeeds. Documented "
            "as an unnamed pipe used as echo. socat writes to the pipe until it blocks and does "
            "not read the other end meanwhile, so megabytes and a reader that starts a second "
            "late can deadlock; it is a race (0 of 3 runs in one measurement, half of them in "
            "another)."
        ),
        deviation="exact_echo: megabytes and a late reader can deadlock",
    ),
    Implementation(
        name="ncat --exec",
        command=("ncat", "-l", "-k", "{host}", "{port}", "--exec", "/bin/cat"),
        program="ncat",
        package="ncat",
        model="fork, then cat: two processes a connection",
        source=(
            "Serves 100 at once (-m, man page) and closes the connections beyond that without a "
            "byte. Relays between two pipes and stops at the client's EOF (netexec in "
            "ncat_posix.c): 0 of 64 bytes came back when the FIN followed at once, 0.94 of 1 MiB. "
            "Neither the relay nor cat closes the listening socket, and both outlive the "
            "listener: a restart fails with EADDRINUSE while a client is there. Reaps in a "
            "waitpid(WNOHANG) loop (ncat_listen.c). listen(10)."
        ),
        echoes_after_fin=False,
        options=("--max-connections", "100"),
        deviation=(
            "clean_eof: what is still to be echoed at a half-close is lost; exact_echo: 1 MiB can "
            "deadlock; clean_restart: workers hold the listening socket"
        ),
    ),
    Implementation(
        name="busybox nc -ll -e cat",
        command=("busybox", "nc", "-ll", "-p", "{port}", "-e", "cat"),
        program="busybox",
        package="busybox",
        model="fork, and the child becomes cat",
        source=(
            "Its help offers no local address, so it listens on all, IPv6 included. Accept queue "
            "of two (measured listen(2)): a burst of more waits for the SYN to be sent again, a "
            "second later. Measured: no limit up to 130 at once; workers outlive the listener "
            "without its socket, a restart succeeds."
        ),
        listens_on_all=True,
    ),
    Implementation(
        name="tcpserver",
        command=("tcpserver", "-H", "-R", "-l", "0", "{host}", "{port}", "cat"),
        program="tcpserver",
        package="ucspi-tcp",
        model="fork, and the child becomes cat",
        source=(
            "40 at once, further ones wait in the queue (-c, man page); listen(20) (-b). -H -R -l "
            "0 keep it from asking a name server or the client's identd. SIGTERM ends it with "
            "status 0 and leaves the workers, which do not hold the listening socket."
        ),
        options=("--max-connections", "40"),
    ),
    Implementation(
        name="tcpsvd",
        command=("tcpsvd", "-l", "localhost", "{host}", "{port}", "cat"),
        program="tcpsvd",
        package="ipsvd",
        model="fork, and the child becomes cat",
        source=(
            "30 at once, further ones wait in the queue (-c, man page); listen(20) (-b). Without "
            "-l every worker looks the local name up in DNS before it runs the program (man "
            "page), which stalls for seconds where no name server answers (3 s after about 57 "
            "connections, measured). SIGTERM ends it with status 0 and leaves the workers, "
            "without the listening socket."
        ),
        options=("--max-connections", "30"),
    ),
    Implementation(
        name="xinetd internal echo",
        command=_python("xinetd_echo.py"),
        program="xinetd",
        package="xinetd",
        model="fork",
        source=(
            "No limit on connections (instances, xinetd.conf(5)), but beyond 50 a second it "
            "closes the service for ten seconds (cps, likewise): measured ECONNREFUSED or "
            "ECONNRESET, which looks like a dead listener. listen(64). SIGTERM ends it with "
            "status 0 and leaves the workers, without the listening socket. A self-pipe carries "
            "its signals."
        ),
        options=("--max-rate", "40"),
    ),
    Implementation(
        name="inetutils-inetd internal echo",
        command=_python("inetutils_inetd.py"),
        program="inetutils-inetd",
        package="inetutils-inetd",
        model="fork",
        source=(
            "An internal service is found by its name, which is also its port (bi_lookup in "
            "inetd.c), so echo is port 7. When SIGCHLD interrupts select() it sleeps a second "
            "before it looks again (inetd.c, main), so a client that comes after another's end "
            "waits up to 1 s. More than 1000 connections in 60 s close the service for 10 minutes "
            "(TOOMANY, CNT_INTVL, RETRYTIME; -R). listen(10). With -d every worker is a session "
            "of its own (setsid): killing the process group does not reach it. Workers outlive "
            "the listener, without its socket."
        ),
        options=("--max-rate", "2"),
        fixed_port=7,
    ),
    Implementation(
        name="inetutils-inetd cat",
        command=_python("inetutils_inetd.py", "/bin/cat"),
        program="inetutils-inetd",
        package="inetutils-inetd",
        model="fork, and the child becomes cat",
        source=(
            "The internal echo's limits: up to 1 s of delay after another client's end (sleep(1) "
            "when select() is interrupted), 1000 connections in 60 s, then closed for 10 minutes, "
            "listen(10), and a session of its own for every worker. Here the service is a numeric "
            "port and the worker becomes cat."
        ),
        options=("--max-rate", "2"),
    ),
    Implementation(
        name="systemd-socket-activate --inetd cat",
        command=("systemd-socket-activate", "-l", "{host}:{port}", "-a", "--inetd", "/bin/cat"),
        program="systemd-socket-activate",
        package="systemd",
        model="fork, and the child becomes cat",
        source=(
            "Measured: no limit up to 130 at once, listen(4096). Ending it ends the workers as "
            "well, since they ask for SIGTERM at their parent's death (prctl PR_SET_PDEATHSIG, "
            "traced); a restart succeeds, and the clients see EOF."
        ),
    ),
    Implementation(
        name="Python ForkingTCPServer",
        command=_python("forking_tcp_server.py"),
        program=sys.executable,
        package="python3",
        model="fork",
        source=(
            "max_children = 40: at the limit it blocks until a child ends before it accepts "
            "again. Children are collected in service_actions(), which serve_forever() calls "
            "after every request and every 0.5 s (socketserver.py): zombies are seen for up to "
            "0.5 s. A worker keeps the listening socket, so while one lives a restart fails with "
            "EADDRINUSE. request_queue_size = 5. It wakes twice a second when idle."
        ),
        options=("--max-connections", "40"),
    ),
    Implementation(
        name="Python ThreadingTCPServer",
        command=_python("threading_tcp_server.py"),
        program=sys.executable,
        package="python3",
        model="threads",
        source=(
            "No limit on threads (socketserver.py); request_queue_size = 5. It wakes twice a "
            "second when idle (poll_interval), so it never blocks without a timeout. "
            "daemon_threads, so that nothing is kept of a thread that has ended."
        ),
    ),
    Implementation(
        name="asyncio streams",
        command=_python("asyncio_streams.py"),
        program=sys.executable,
        package="python3",
        model="loop",
        source=(
            "No limit; backlog=100. drain() holds the reader back above the high mark of the "
            "write buffer (64 KiB), so a client that never reads is not buffered for without "
            "bound."
        ),
    ),
    Implementation(
        name="asyncio Protocol",
        command=_python("asyncio_protocol.py"),
        program=sys.executable,
        package="python3",
        model="loop",
        source=(
            "No limit; backlog=100. The documentation's echo protocol, with "
            "pause_writing()/resume_writing(), without which it would buffer without bound for a "
            "client that never reads. eof_received() is inherited: the transport flushes and "
            "closes."
        ),
    ),
    Implementation(
        name="Twisted wire.Echo",
        command=_python("twisted_wire_echo.py"),
        program=sys.executable,
        module="twisted",
        package="twisted",
        model="loop",
        source=(
            "Writes what it reads and never pauses: 200 MiB from a client that does not read "
            "ended up in its memory (measured). At a FIN the transport drops what is not yet "
            "written, unless the protocol is IHalfCloseableProtocol, which Echo is not: 0.95 of 1 "
            "MiB came back. Small answers mostly arrive. No limit; backlog=50. SIGTERM stops the "
            "reactor, status 0."
        ),
        echoes_after_fin=False,
        deviation=(
            "clean_eof: what is still to be written at a half-close is lost; backpressure: "
            "buffers without bound for a client that never reads"
        ),
    ),
    Implementation(
        name="trio",
        command=_python("trio_echo.py"),
        program=sys.executable,
        module="trio",
        package="trio",
        model="loop",
        source=(
            "No limit; listen(4096) measured. serve_tcp() runs each client in a nursery, where an "
            "exception that the handler lets out ends the whole server, so the handler catches "
            "BrokenResourceError. It survives resets in the queue and in mid-echo (measured)."
        ),
    ),
    Implementation(
        name="Tornado TCPServer",
        command=_python("tornado_echo.py"),
        program=sys.executable,
        module="tornado",
        package="tornado",
        model="loop",
        source=(
            "No limit; backlog=128. The stream is read again only when write() has been flushed, "
            "so nothing is buffered without bound. A FIN closes the stream after what was read "
            "has been written."
        ),
    ),
    Implementation(
        name="gevent StreamServer",
        command=_python("gevent_echo.py"),
        program=sys.executable,
        module="gevent",
        package="gevent",
        model="loop",
        source=(
            "No limit by default (spawn='default'); listen(128) measured. The server closes the "
            "socket when the handler returns, and prints a traceback for an exception, which ends "
            "nothing but its greenlet."
        ),
    ),
    Implementation(
        name="Node pipe",
        command=_script("node", "node_pipe.js"),
        program="node",
        package="nodejs",
        model="loop",
        source=(
            "No limit (server.maxConnections is unset); backlog=511 (documentation of "
            "server.listen). pipe() pauses its source while the other side is full. Seven "
            "threads, created at the start and not per connection."
        ),
    ),
    Implementation(
        name="Node pipe, as in tutorials",
        command=_script("node", "node_pipe_tutorial.js"),
        program="node",
        package="nodejs",
        model="loop",
        source=(
            "As above, but an 'error' event without a listener is thrown (documentation of "
            "EventEmitter): the first client that resets ends the process with status 1, and "
            "everybody else's connection with it."
        ),
        deviation="listener_survives, isolation: the first reset ends the whole server",
    ),
    Implementation(
        name="Go io.Copy",
        command=("{folder}/go_echo", "{host}", "{port}"),
        compiler=("go", "build", "-p", "2", "-o", "{folder}/go_echo", str(SOURCES / "go_echo.go")),
        environment=(
            ("GO111MODULE", "off"),
            ("GOCACHE", "{folder}/go-cache"),
            ("GOPATH", "{folder}/go-path"),
            ("GOFLAGS", ""),
            ("GOPROXY", "off"),
            ("GOTOOLCHAIN", "local"),
        ),
        program="go",
        package="golang-go",
        model="goroutines",
        source=(
            "No limit; listens with the system's somaxconn. io.Copy between TCP connections uses "
            "splice(2) through pipes that are pooled: descriptors rise to a plateau (267 after "
            "130 clients) and do not fall back at once. SetFinalizer frees them, so it may take a "
            "garbage collection. Accept errors that are temporary are logged and it goes on."
        ),
    ),
    Implementation(
        name="Rust io::copy",
        command=("{folder}/rust_echo", "{host}", "{port}"),
        compiler=("rustc", "-O", "-o", "{folder}/rust_echo", str(SOURCES / "rust_echo.rs")),
        program="cc",
        package="rustc",
        model="threads",
        source=(
            "No limit; listen(128) measured. Between two sockets io::copy reads and writes "
            "through a buffer on the stack. The standard library ignores SIGPIPE. A thread ends "
            "with its client: one thread and four descriptors afterwards."
        ),
    ),
    Implementation(
        name="Java, a thread a connection",
        command=("java", "-XX:-UsePerfData", "-cp", "{folder}", "JavaEcho", "{host}", "{port}"),
        compiler=("javac", "-d", "{folder}", str(SOURCES / "JavaEcho.java")),
        program="java",
        package="default-jdk-headless",
        model="threads",
        source=(
            "No limit; the accept queue is the 128 it asks for, the default would be 50 "
            "(ServerSocket). Listens on an IPv6 socket with the IPv4 address mapped, so it "
            "appears in /proc/net/tcp6. About 20 threads of the machine itself wake on timers "
            "when idle, 50 calls a second, so it never blocks without a timeout. -XX:-UsePerfData "
            "because a JVM that is killed leaves its file in /tmp/hsperfdata_USER behind. "
            "SIGTERM: status 143."
        ),
    ),
    Implementation(
        name="Perl fork",
        command=_script("perl", "perl_fork.pl"),
        program="perl",
        package="perl",
        model="fork",
        source=(
            "$SIG{CHLD} = 'IGNORE' has the kernel reap (perlipc), so there are no zombies and no "
            "EINTR from them. The queue is the 128 it asks for. Workers close the listening "
            "socket, and outlive the listener."
        ),
    ),
    Implementation(
        name="Tcl fcopy",
        command=_script("tclsh", "tcl_echo.tcl"),
        program="tclsh",
        package="tcl",
        model="loop",
        source=(
            "No limit; listen(4096) measured. fcopy in the background waits for the writer (man "
            "page of chan copy), so nothing is buffered without bound. Two threads: one is Tcl's "
            "notifier."
        ),
    ),
    Implementation(
        name="C fork",
        command=("{folder}/c_fork", "{host}", "{port}"),
        compiler=_c("c_fork.c"),
        program="gcc",
        package="gcc",
        model="fork",
        source=(
            "Written in the shape of the book's tcpserv04: waitpid(WNOHANG) in a loop with errno "
            "restored, EINTR and ECONNABORTED from accept() retried, the listening socket closed "
            "in the child. No limit; listen(1024). Workers outlive the listener, a restart "
            "succeeds."
        ),
    ),
    Implementation(
        name="C epoll",
        command=("{folder}/c_epoll", "{host}", "{port}"),
        compiler=_c("c_epoll.c"),
        program="gcc",
        package="gcc",
        model="loop",
        source=(
            "No limit but the descriptors; with none left it spins, because the listening socket "
            "stays readable. Reads from a connection only when its 16 KiB buffer is out, so "
            "memory is bounded. EINTR from epoll_wait() is retried, as it comes even without "
            "handlers after a stop."
        ),
    ),
)
