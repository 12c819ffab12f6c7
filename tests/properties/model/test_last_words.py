"""The line of a program's last output that says what happened, in what runtimes really print."""

import errno
import os

import pytest

from properties.model.last_words import LONGEST, saying, telling

NODE = """\
node:events:502
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRNOTAVAIL: address not available 1.2.3.4:5
    at Server.setupListenHandle [as _listen2] (node:net:1886:21)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1944:8)
    at process.processTicksAndRejections (node:internal/process/task_queues:82:21) {
  code: 'EADDRNOTAVAIL',
  errno: -99,
  syscall: 'listen'
}

Node.js v20.20.2
"""
JAVA = """\
Exception in thread "main" java.lang.RuntimeException: serving
\tat E.main(E.java:1)
Caused by: java.net.SocketException: Too many open files
\tat java.base/sun.nio.ch.Net.accept(Native Method)
\tat E.main(E.java:14)
\t... 1 more
"""
RUST = """\
thread 'main' (31340) panicked at src/main.rs:14:5:
the pool is empty
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""
LUA = """\
lua: echo.lua:12: accept: Too many open files
stack traceback:
\t[C]: in function 'error'
\techo.lua:12: in main chunk
\t[C]: in ?
"""
PYTHON = """\
client 127.0.0.1:40001: Connection reset by peer, ignored
Traceback (most recent call last):
  File "echo.py", line 3, in <module>
KeyError: 'k'
"""
BOXED = """\
+---------------------------+
| accept: Too many open files |
+---------------------------+
"""
ERLANG = """\
{"init terminating in do_boot",{{badmatch,{error,emfile}},[{echo,start,0}]}}
Crash dump is being written to: erl_crash.dump...done
"""
GO = """\
panic: accept tcp 127.0.0.1:9877: accept4: too many open files

goroutine 1 [running]:
main.main()
\t/src/echo.go:3 +0x52
exit status 2
"""
CXX = """\
terminate called after throwing an instance of 'std::system_error'
  what():  accept: Too many open files
Aborted
"""
SANITIZED = """\
==77==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010
    #0 0x4f7 in echo echo.c:20
    #1 0x4f8 in main echo.c:40
==77==ABORTING
"""


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (NODE, "Error: listen EADDRNOTAVAIL: address not available 1.2.3.4:5"),
        (JAVA, "Caused by: java.net.SocketException: Too many open files"),
        (RUST, "thread 'main' (31340) panicked at src/main.rs:14:5: the pool is empty"),
        (LUA, "lua: echo.lua:12: accept: Too many open files"),
        (PYTHON, "KeyError: 'k'"),
        (BOXED, "| accept: Too many open files |"),
        (ERLANG, ERLANG.splitlines()[0]),
        (GO, "panic: accept tcp 127.0.0.1:9877: accept4: too many open files"),
        (CXX, "what():  accept: Too many open files"),
        (SANITIZED, SANITIZED.splitlines()[0]),
        ("accept error: Interrupted system call\nbye\n", "accept error: Interrupted system call"),
        ("cannot go on\nbye\n", "cannot go on"),
    ],
    ids=[
        *("node", "java", "rust", "lua", "python", "box", "erlang", "go", "c++", "sanitizer"),
        *("errno", "hint"),
    ],
)
def test_the_line_that_says_what_happened_is_taken(output: str, line: str) -> None:
    assert telling(output) == line


SURVIVED = "client 3: Connection reset by peer, ignored\n"

SBCL = """\
Unhandled SIMPLE-ERROR in thread main: no pool
Backtrace for: main
unhandled condition in --disable-debugger mode, quitting
"""
SUPPRESSED = """\
Exception in thread "main" java.io.IOException: no pool
\tat E.main(E.kt:1)
\tSuppressed: java.net.SocketException: Broken pipe
\t\tat E.close(E.kt:9)
"""
IGNORED = """\
Traceback (most recent call last):
  File "echo.py", line 3, in <module>
RuntimeError: no pool
Exception ignored in: <function Conn.__del__ at 0x7f>
Traceback (most recent call last):
  File "echo.py", line 9, in __del__
BrokenPipeError: [Errno 32] Broken pipe
"""
VALGRIND = """\
==12== Process terminating with default action of signal 11 (SIGSEGV)
==12==    at 0x10915D: serve (echo.c:3)
==12== ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 0 from 0)
"""
NAMED = """\
Traceback (most recent call last):
  File "echo.py", line 3, in <module>
    serve()
pool.Empty: nobody is left
"""
ZIG = "error: ProcessFdQuotaExceeded\n/srv/main.zig:5:5: 0x1034b6c in accept (echo)\n"


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (ZIG, "error: ProcessFdQuotaExceeded"),
        ("(echo:1): GLib-ERROR **: no pool\n", "(echo:1): GLib-ERROR **: no pool"),
        (VALGRIND, VALGRIND.splitlines()[0]),
        (SBCL, SBCL.splitlines()[0]),
        (SUPPRESSED, SUPPRESSED.splitlines()[0]),
        (IGNORED, "RuntimeError: no pool"),
        (NAMED, "pool.Empty: nobody is left"),
    ],
    ids=["zig", "glib", "valgrind", "sbcl", "suppressed", "ignored", "named"],
)
def test_an_error_that_was_survived_before_it_is_not_taken(output: str, line: str) -> None:
    assert telling(SURVIVED + output) == line


def test_what_comes_after_an_ignored_exception_is_said_again() -> None:
    assert telling(IGNORED + "fatal: out of places\n") == "fatal: out of places"
    assert telling(IGNORED + "bye: accept failed\n").endswith("no pool")


def test_the_last_error_counts_and_not_one_that_was_survived_before() -> None:
    assert telling("read: Connection reset by peer\naccept: Too many open files\n") == (
        "accept: Too many open files"
    )


def test_where_no_line_tells_the_last_lines_are_shown() -> None:
    assert telling("one\ntwo\nthree\n\nfour\n-----\n") == "two | three | four"


def test_of_noise_alone_the_last_lines_are_shown() -> None:
    assert telling("-----\n=====\n") == "----- | ====="


def test_a_long_line_is_cut() -> None:
    assert len(telling(f"error: {'x' * 1000}")) == LONGEST


def test_a_program_that_said_nothing_is_not_quoted() -> None:
    assert (saying(" \n"), saying("bye")) == ("", ", saying 'bye'")


@pytest.mark.parametrize("name", sorted(errno.errorcode.values()))
def test_the_name_of_any_error_says_what_happened(name: str) -> None:
    assert telling(f"starting\nit was {name}\ngoodbye") == f"it was {name}"


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_the_text_of_any_error_says_what_happened(number: int) -> None:
    text = os.strerror(number)
    assert telling(f"starting\nit was: {text}.\ngoodbye") == f"it was: {text}."


def test_empty_lines_are_none_of_the_last_ones() -> None:
    assert telling("one\n\ntwo\n \n\nthree\n") == "one | two | three"


def test_after_a_colon_one_line_more_is_the_message() -> None:
    assert telling("panicked at 5:\nthe pool is empty\nbye") == "panicked at 5: the pool is empty"


def test_four_hundred_characters_are_shown_whole() -> None:
    assert telling("x" * 400) == "x" * 400
    assert telling("x" * 401) == "x" * 397 + "..."


CHAINED = """Traceback (most recent call last):
  File "server.py", line 1, in <module>
    serve()
KeyError: 'client'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "server.py", line 3, in <module>
    close()
ValueError: it is closed
"""


def test_an_exception_that_came_after_another_is_told_with_it() -> None:
    assert telling(CHAINED) == "ValueError: it is closed, after KeyError: 'client'"


def test_of_noise_alone_no_empty_line_is_shown() -> None:
    assert telling("----\n\n====\n") == "---- | ===="
