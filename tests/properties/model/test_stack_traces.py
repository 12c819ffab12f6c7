"""What ended a program is quoted as runtimes tell it, and not an error that it had survived."""

import pytest

from properties.model.last_words import telling

SURVIVED = "client 3: Connection reset by peer, ignored\n"

PYTHON = """\
Traceback (most recent call last):
  File "echo.py", line 7, in <module>
    serve()
  File "echo.py", line 5, in serve
    pool.get_nowait()   # raises an Error
    ^^^^^^^^^^^^^^^^^
_queue.Empty
"""
PYTHON_CHAIN = """\
Traceback (most recent call last):
  File "echo.py", line 4, in serve
    connection, _ = listener.accept()
OSError: [Errno 24] Too many open files

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "echo.py", line 8, in <module>
    raise Boom("the pool is gone") from error
Boom: the pool is gone
"""
PYTHON_GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "echo.py", line 6, in <module>
  |     asyncio.run(main())
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "echo.py", line 2, in f
    |     raise Stop  # no Error
    | Stop: no more
    +------------------------------------
"""
NODE_STRING = """\
/srv/echo.js:2
throw "boom";
^
boom
(Use `node --trace-uncaught ...` to show where the exception was thrown)

Node.js v20.20.2
"""
NODE_OWN = """\
/srv/echo.js:3
function f(){ throw new Boom("no more"); }
              ^

Boom: no more
    at f (/srv/echo.js:3:21)
    at Object.<anonymous> (/srv/echo.js:4:1)

Node.js v20.20.2
"""
NODE_REJECTED = """\
node:internal/process/promises:389
      new UnhandledPromiseRejection(reason);
      ^

UnhandledPromiseRejection: The promise rejected with the reason "#<Object>".
    at throwUnhandledRejectionsMode (node:internal/process/promises:389:7) {
  code: 'ERR_UNHANDLED_REJECTION'
}

Node.js v20.20.2
"""
GO_NIL = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f0a6]

goroutine 1 [running]:
main.(*MyError).Error(0x4b7f78?)
\t/srv/m.go:4 +0x6
panic({0x48bd60, 0x4b8158})
\t/usr/lib/go/src/runtime/panic.go:770 +0x132
main.main()
\t/srv/m.go:6 +0x6f
exit status 2
"""
JAVA_OWN = """\
Exception in thread "main" J$Boom: over
\tat J.main(J.java:4)
Caused by: J$Stop: no pool
\tat J.serve(J.java:9)
\t... 1 more
"""
RUST_TRACE = """\
thread 'main' (7878) panicked at src/main.rs:1:385:
index out of bounds: the len is 0 but the index is 2
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: <alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once
             at /rustc/5980/library/alloc/src/boxed.rs:9:5
   2: main
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""
LUA = """\
lua: echo.lua:12: attempt to index a nil value (global 'pool')
stack traceback:
\techo.lua:12: in main chunk
\t[C]: in ?
"""
TCL = """\
can't read "nope": no such variable
    while executing
"set y $nope "
    (procedure "serve" line 1)
    invoked from within
"serve 5"
    (file "echo.tcl" line 3)
"""
RUBY = """\
echo.rb:3:in `serve': no more (Boom)
\tfrom echo.rb:9:in `block in <main>'
\tfrom echo.rb:8:in `<main>'
"""
RUBY_SHORT = "echo.rb:3:in 'Server#serve': no more (Echo::Stop)\n"
ELIXIR = """\
** (MatchError) no match of right hand side value: :closed
    echo.exs:4: (file)
"""
ERLANG = """\
{"init terminating in do_boot",{undef,[{echo,start,[],[]}]}}
init terminating in do_boot ({undef,[{echo,start,[],[]}]})

Crash dump is being written to: erl_crash.dump...done
"""
HASKELL = """\
echo: no more workers
CallStack (from HasCallStack):
  error, called at echo.hs:3:8 in main:Main
"""
DOTNET = """\
Unhandled exception. Echo.Stop: no more
 ---> Echo.Closed: inner
   at Echo.Serve() in /srv/Echo.cs:line 4
   --- End of inner exception stack trace ---
   at Echo.Main() in /srv/Echo.cs:line 9
"""


@pytest.mark.parametrize(
    ("output", "line"),
    [
        (PYTHON, "_queue.Empty"),
        (PYTHON_GROUP, "| Stop: no more"),
        (NODE_STRING, "boom"),
        (NODE_OWN, "Boom: no more"),
        (
            NODE_REJECTED,
            'UnhandledPromiseRejection: The promise rejected with the reason "#<Object>".',
        ),
        (GO_NIL, "panic: runtime error: invalid memory address or nil pointer dereference"),
        (JAVA_OWN, "Caused by: J$Stop: no pool"),
        (
            RUST_TRACE,
            "thread 'main' (7878) panicked at src/main.rs:1:385: "
            "index out of bounds: the len is 0 but the index is 2",
        ),
        (LUA, "lua: echo.lua:12: attempt to index a nil value (global 'pool')"),
        (TCL, 'can\'t read "nope": no such variable'),
        (RUBY, "echo.rb:3:in `serve': no more (Boom)"),
        (RUBY_SHORT, "echo.rb:3:in 'Server#serve': no more (Echo::Stop)"),
        (ELIXIR, "** (MatchError) no match of right hand side value: :closed"),
        (ERLANG, "init terminating in do_boot ({undef,[{echo,start,[],[]}]})"),
        (HASKELL, "echo: no more workers"),
        (DOTNET, "---> Echo.Closed: inner"),
        ("no more workers at echo.pl line 2, <STDIN> line 7.\n", None),
        ("free(): double free detected in tcache 2\nAborted\n", None),
        ("malloc(): corrupted top size\nAborted (core dumped)\n", None),
        ("munmap_chunk(): invalid pointer\n", None),
        ("corrupted size vs. prev_size\n", None),
        ("double free or corruption (out)\n", None),
        ("*** stack smashing detected ***: terminated\nAborted\n", None),
        ("pure virtual method called\nterminate called without an active exception\n", None),
        ("Out of memory!\n", None),
        ("memory allocation of 65536 bytes failed\n", None),
        ("echo.c:4:7: runtime error: signed integer overflow\n", None),
        ("echo.sh: line 4: 77 Segmentation fault (core dumped) ./echo\n", None),
        ("Bus error (core dumped)\n", None),
        ("Illegal instruction\n", None),
        ("Floating point exception\n", None),
    ],
)
def test_what_ended_a_program_is_quoted_and_not_an_error_that_it_survived(
    output: str, line: str | None
) -> None:
    told = telling(SURVIVED + output)
    assert told == line if line else told in output.splitlines()


def test_the_first_exception_of_a_chain_is_told_with_the_one_that_came_of_it() -> None:
    assert telling(SURVIVED + PYTHON_CHAIN) == (
        "Boom: the pool is gone, after OSError: [Errno 24] Too many open files"
    )


def test_what_a_program_says_after_a_stack_trace_that_it_survived_counts() -> None:
    assert telling(f"{PYTHON}accept: Too many open files\n") == "accept: Too many open files"


def test_a_trace_that_begins_before_the_kept_output_is_no_message() -> None:
    assert telling("    at f (/srv/echo.js:3:21)\nbye\n") == "bye"
