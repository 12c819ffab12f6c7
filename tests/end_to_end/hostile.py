"""Hostile command lines, files and targets: what a run must answer with a status and a sentence.

Rows are data. `{folder}` in an argument is the folder of the row, in which `files` were written.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end.hostile_actions import ACTIONS, DEEP, DEEP_TABLES, VARIABLES

BAD = frozenset({2})
"""The command line, a file or the target is at fault."""

JUDGED = frozenset({1, 2, 3})
"""The target is one that may be judged: it violates, could not be judged, or was never there."""

MINE = ("--", "./mine", "{port}")
ACTS = "\x1b]0;t\x07\x1b[2J\u202e\udcff"


@dataclass(frozen=True)
class Row:
    """One hostile thing: what is typed, the files that are there, and the statuses allowed.

    `alone`: in a process of its own, because it starts something.
    """

    name: str
    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: frozenset[int] = BAD
    alone: bool = False


def rows() -> list[Row]:
    """Return the whole table."""
    return [
        *_values(),
        *_command_lines(),
        *_deep_tables(),
        *_saved_cases(),
        *_baselines(),
        *_lists(),
        *_targets(),
    ]


NUMBERS = ("", " ", "x", "-1", "1.5", "1e3", "0x10", "nan", ACTS, "--")
VALUES: dict[str, Sequence[str]] = {
    "--port": (*NUMBERS, "0", "65536", "9" * 30, "7 7"),
    "--max-examples": (*NUMBERS, "0", "-" + "9" * 30),
    "--seed": ("", "x", "1.5", "nan", ACTS, "1e3", "0x10"),
    "--patience": ("", "x", "nan", "inf", "-inf", "-1", "0", "1e999", "-0.0", ACTS),
    "--max-connections": (*NUMBERS, "0"),
    "--max-rate": ("", "x", "nan", "inf", "-1", "0", "-1e-300", "1e999", ACTS),
    "--workers": ("", "x", "-1", "1.5", "auto1", ACTS),
    "--max-time": ("", "x", "0s", "-1s", "1y", "nan", "infs", "s", "1e999h", ACTS),
    "--host": ("", "x y", "256.256.256.256", ACTS, "a" * 300, "..", "[::1", "-1"),
    "--service": ("", "x", "ECHO", "module:object", "/etc/passwd", ACTS),
    "--fault": ("", "x", "CONTROL", "control,freeze", "../control", "*", " control", ACTS),
    "--expect": ("", "none.toml", ".", "/", "a" * 300, "/proc/self/mem", "/dev/null/x"),
    "--json": ("", "none/x.json", ".", "/", "a" * 300, "/dev/null/x"),
    "--html": ("", "none/x.html", "."),
    "--jsonl": ("", "none/x.jsonl", "."),
    "--write": ("", "x", "x.txt", "x.JSON", "none/x.json", "."),
    "--cases": ("/dev/null", "/dev/null/x", "a" * 300),
    "--level": ("", "x", "MUST", "must,should", "-1", ACTS),
    "--network": ("", "x", "OWN", "own|host", ACTS),
    "--start-timeout": ("", "x", "nan", "inf", "-1", "0", "1e999", "1e-300", ACTS),
    "--stdin": ("", "x", "OPEN", "-", ACTS),
    "--cwd": ("", "none", "/dev/null", "a" * 300, ACTS),
    "--env": ("", "=", "=x", "NAME", ACTS),
    "--signal": ("", "x", "KILL", "TERM", "CAUGHT", "usr1", "10", "USR1,HUP", ACTS),
    "--no-signal": ("", "x", "KILL", "SIG", ACTS),
    "--eof-report": ("x",),
    "--reset-report": ("x",),
}
"""Values that no option may take, by option, for a server with {port}."""

ADDRESSES = (
    *("", ":", "x", ":7", "h:", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000"),
    *("127.0.0.1:x", "127.0.0.1:-7", "127.0.0.1:7:7", "[::1", "[::1]", "[]:7", "::1:7", " :7"),
    *("256.1.1.1:7", "http://127.0.0.1:7", "127.0.0.1:7/", "a" * 300 + ":7", f"{ACTS}:7"),
)
PATTERNS = ("(", "[", "*", "(?P<", "(?i", "\\", "x{2,1}", "(?<=a+)b", "(?P<a>.)(?P<a>.)")


def _values() -> Iterator[Row]:
    for option, values in VALUES.items():
        command = ("--", "./mine") if option == "--port" else MINE
        for value in values:
            yield Row(f"{option}={value}", ("check", f"{option}={value}", *command))
    for address in ADDRESSES:
        yield Row(f"--address={address}", ("check", f"--address={address}"))
    for pattern in PATTERNS:
        words = ("check", "--client", f"--eof-report={pattern}", *MINE)
        yield Row(f"--client --eof-report={pattern}", words)


COMMAND_LINES: Sequence[tuple[str, ...]] = (
    ("",),
    ("chek",),
    ("-",),
    ("--", "check"),
    ("--no-such-option",),
    (ACTS,),
    ("check", "check"),
    ("check", "./mine"),
    ("check", "./mine", "{port}"),
    ("check", "-", "--", "./mine", "{port}"),
    ("check", "--", "./mine"),
    ("check", "--", ""),
    ("check", "--", "", "{port}"),
    ("check", "--server", ""),
    ("check", "--server", " "),
    ("check", "--server", "'"),
    ("check", "--server", '"./mine {port}'),
    ("check", "--server", "./mine {port} \\"),
    ("check", "--server", "./mine"),
    ("check", "--server", "{port"),
    ("check", "--server", "./mine {port}", *MINE),
    ("check", "--client", "./mine {host}", *MINE),
    ("check", "--client", "--", "./mine"),
    ("check", "--address", "127.0.0.1:7", *MINE),
    ("check", "--address", "127.0.0.1:7", "--client"),
    ("check", "--address", "127.0.0.1:7", "--port", "7"),
    ("check", "--quick", "--max-time", "9s"),
    ("check", "--quick", "--max-examples", "9"),
    ("check", "--max-time", "9s", "--max-examples", "9"),
    ("check", "--max-time", "9s", "-k", "x"),
    ("check", "-k", ACTS, *MINE),
    ("check", f"--{ACTS}", *MINE),
    ("check", "--port"),
    ("check", "--seed", "1", "2"),
    ("check", "--client", "--max-connections", "4", *MINE),
    ("check", "--client", "--max-rate", "4", *MINE),
    ("check", "--eof-report", "x", *MINE),
    ("check", "--fault", "peer_fin", *MINE),
    ("check", "--fault", "killed_children", "--client", *MINE),
    ("list", "list"),
    ("list", "--port", "7"),
    ("list", "--", "x"),
    ("show",),
    ("show", "a", "b"),
    ("show", ""),
    ("show", "."),
    ("show", "/"),
    ("show", "none.json"),
    ("show", "a" * 300),
    ("show", ACTS),
    ("show", "/proc/self/mem"),
    ("show", "--svg"),
    ("show", "--svg", "none/x.svg", "none.json"),
    ("show", "--pcap"),
    ("show", "--pcap", "none/x.pcapng", "none.json"),
    ("show", "x", "--", "y"),
    ("replay",),
    ("replay", ""),
    ("replay", "."),
    ("replay", "none.json"),
    ("replay", "none.json", *MINE),
    ("replay", "--times", "0", "none.json"),
    ("replay", "--times", "-1", "none.json"),
    ("replay", "--times", "x", "none.json"),
    ("replay", "--times", "9" * 30, "none.json"),
    ("replay", "--port", "x", "none.json"),
    ("replay", "--port", "70000", "none.json"),
    ("replay", "--network", "x", "none.json"),
    ("replay", "--trust"),
    ("replay", "--trust=x", "none.json"),
    ("replay", "--trust", "none.json"),
    ("check", "--address", "127.0.0.1:7", "--cwd", "."),
    ("check", "--address", "127.0.0.1:7", "--env", "A=1"),
    ("check", "--address", "127.0.0.1:7", "--stdin", "open"),
    ("compare", "none.toml"),
    ("compare", "."),
    ("compare", ""),
    ("compare", "a", "b"),
    ("compare", ACTS),
    ("compare", "--jobs", "0"),
    ("compare", "--jobs", "x"),
    ("compare", "--jobs", "-1"),
    ("compare", "--only", "no implementation has this name"),
    ("compare", "--only", ACTS),
    ("compare", "--max-examples", "0"),
    ("compare", "--fault", "flood"),
    ("compare", "--html", "none/x.html"),
    ("compare", "--json", "."),
    ("compare", "--markdown", "none/x.md"),
    ("compare", "--level", "x"),
    ("compare", "--", "./mine"),
)
"""Wrong in more than one value."""


def _command_lines() -> Iterator[Row]:
    for words in (*COMMAND_LINES, *ACTIONS):
        yield Row(" ".join(("anechoic", *words))[:100], words)


def _deep_tables() -> Iterator[Row]:
    for name, (words, begins) in DEEP_TABLES.items():
        yield Row(f"{name}: deep keys", words, {"x.toml": begins + DEEP.encode() + b" = 1\n"})
    yield Row("list: no name of a variable", ("compare", "x.toml"), {"x.toml": VARIABLES})


CASE: dict[str, Any] = {
    "anechoic_case": 3,
    "role": "server",
    "invariant": "no_zombies",
    "fault": "control",
    "command": ["./none", "{port}"],
    "host": "127.0.0.1",
    "port": None,
    "workload": [{"step": "open", "client": 1, "reading": "EAGER"}],
    "history": [],
}
"""A case that could be run, if its program were there."""

NO_CASES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "brace": b"{",
    "list": b"[]",
    "null": b"null",
    "number": b"1",
    "text": b'"x"',
    "no-number": b"NaN",
    "object": b"{}",
    "binary": bytes(range(256)),
    "not-utf-8": b'{"anechoic_case": "\xff"}',
    "two-objects": b"{}{}",
    "deep": b"[" * 100_000,
    "deep-object": b'{"a":' * 50_000,
    "long-number": b'{"anechoic_case": ' + b"9" * 5000 + b"}",
    "surrogate": b'{"anechoic_case": 3, "invariant": "\\ud800"}',
    "acts": json.dumps({"anechoic_case": 3, "invariant": "\x1b[2J\u202e"}).encode(),
}

DAMAGES: dict[str, Sequence[Any]] = {
    "anechoic_case": (None, 0, -1, 99, 1.5, True, "3", [3], {}),
    "role": (None, 1, "x", ["server"], ACTS[:-1]),
    "invariant": (None, 1, "x", "notices_eof", []),
    "command": ("./none {port}", [], [1], [""], {}, ["x", None], 7),
    "host": (1, [], {}),
    "port": (70000, -1, 0, "x", [1, 2], 1.5, True),
    "patience": ("x", -1, 0, [], True),
    "max_connections": ("x", -1, 0, 1.5, []),
    "max_rate": ("x", -1, 0, []),
    "signal": ("USR1", ["KILL"], [1], [[]], {}, 7),
    "no_signal": (["x"], True),
    "workload": (
        *(None, "x", 1, {}, [1], ["open"], [[]], [{}]),
        *([{"step": "none"}], [{"fault": "none"}], [{"step": "open"}], [{"step": ["open"]}]),
        *([{"step": "open", "client": "x", "reading": "EAGER"}],),
        *([{"step": "open", "client": 1, "reading": "NONE"}],),
        *([{"step": "open", "client": 1, "reading": "EAGER", "more": 1}],),
    ),
    "history": ("x", 1, {}, [1], [{}], [{"event": "None"}], [{"event": "Opened"}]),
    "failed": ("x", [], -1),
    "times": ("x", {}, -1),
}
"""By field of a case: values that it may not have."""


def _saved_cases() -> Iterator[Row]:
    for name, content in NO_CASES.items():
        for action in ("show", "replay"):
            yield Row(f"{action} {name}", (action, "x.json"), {"x.json": content})
    for key, values in DAMAGES.items():
        for value in values:
            content = json.dumps({**CASE, key: value}).encode()
            yield Row(f"show {key}={value!r}", ("show", "x.json"), {"x.json": content})


TABLES: dict[str, bytes] = {
    "binary": bytes(range(256)),
    "no-toml": b"[[",
    "text": b"words",
    "not-utf-8": b'x = "\xff"',
    "deep": b"x = " + b"[" * 50_000,
    "other-table": b"[x]\n",
    "value": b"%s = 1\n",
    "table": b"[%s]\n",
    "list-of-numbers": b"%s = [1]\n",
    "empty-entry": b"[[%s]]\n",
    "unknown-key": b"[[%s]]\nx = 1\n",
    "acting-key": b'[[%s]]\n"\\u001b[2J" = 1\n',
}
"""Files that are no list; %s is the name of the tables that one would have."""

ENTRIES = (
    b'invariant = "x"',
    b"invariant = 1",
    b'invariant = "no_zombies"\nfault = "x"',
    b'invariant = "no_zombies"\nsometimes = 1',
    b'invariant = "no_zombies"\nmessage = ["x"]',
    b'invariant = "no_zombies"\n[[known]]\ninvariant = "no_zombies"',
)
IMPLEMENTATIONS = (
    b"name = 1",
    b'name = ""',
    b'name = "x"',
    b'name = "x"\ncommand = ""',
    b'name = "x"\ncommand = "\'"',
    b'name = "x"\ncommand = [1]',
    b'name = "x"\ncommand = "x {port}"\nrole = "x"',
    b'name = "x"\ncommand = "x {port}"\nneeds = 1',
    b'name = "x"\ncommand = "x {port}"\nneeds = { x = 1 }',
    b'name = "x"\ncommand = "x {port}"\noptions = 1',
    b'name = "x"\naddress = "127.0.0.1:7"\nrole = "client"',
    b'name = "x"\ncommand = "x {port}"\naddress = "127.0.0.1:7"',
    b'name = "x"\ncommand = "x"\nport = "x"',
    b'name = "x"\ncommand = "x"\nport = 70000',
    b'name = "x"\ncommand = "x {port}"\n[[implementation]]\nname = "x"\ncommand = "y {port}"',
)


def _baselines() -> Iterator[Row]:
    for name, content in _tables(b"known", ENTRIES):
        words = ("check", "--expect", "x.toml", *MINE)
        yield Row(f"--expect {name}", words, {"x.toml": content})


def _lists() -> Iterator[Row]:
    for name, content in _tables(b"implementation", IMPLEMENTATIONS):
        yield Row(f"compare {name}", ("compare", "x.toml"), {"x.toml": content})


def _tables(table: bytes, entries: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    for name, content in TABLES.items():
        yield name, content.replace(b"%s", table)
    for entry in entries:
        yield entry.decode(), b"[[" + table + b"]]\n" + entry + b"\n"


LISTENING = "import os, signal, socket, sys, time; s = socket.create_server(('127.0.0.1', {port}))"
TARGETS: dict[str, tuple[str, ...]] = {
    "no such program": ("./none", "{port}"),
    "a folder": (".", "{port}"),
    "a file that is not executable": ("./plain", "{port}"),
    "an executable that is none": ("./garbage", "{port}"),
    "no such interpreter": ("./interpreter", "{port}"),
    "a name with escapes": (f"./{ACTS}", "{port}"),
    "ends at once": ("true", "{port}"),
    "fails at once": ("false", "{port}"),
    "last words with escapes": ("sh", "-c", f"printf '%s\\n' '{ACTS}'; exit 3", "{port}"),
    "a megabyte of last words": ("sh", "-c", "head -c 1000000 /dev/zero; exit 1", "{port}"),
    "killed at once": ("sh", "-c", "kill -9 $$", "{port}"),
    "accepts once and ends": (sys.executable, "-c", f"{LISTENING}; s.accept()"),
    "closes its socket": (sys.executable, "-c", f"{LISTENING}; s.close(); time.sleep(60)"),
    "kills its parent": (
        *(sys.executable, "-c"),
        f"{LISTENING}; os.kill(os.getppid(), 9); signal.pause()",
    ),
    "dies with whoever comes": (
        *(sys.executable, "-c"),
        f"{LISTENING}; s.accept(); os.write(2, b'\\x1b[2J\\xff'); os.abort()",
    ),
    "greets and closes": (
        *(sys.executable, "-c"),
        f"{LISTENING}\nwhile True:\n c = s.accept()[0]; c.sendall(b'\\x1b[2J'); c.close()",
    ),
}
"""Commands that are no echo servers."""

PROGRAMS = {
    "plain": b"words",
    "garbage": b"\x7fELF words",
    "interpreter": b"#!/no/such/interpreter\n",
}


def _targets() -> Iterator[Row]:
    options = (
        "--max-examples",
        "1",
        "--no-sweep",
        "--fault",
        "control",
        "--patience",
        "1",
        "--fail-fast",
    )
    for name, command in TARGETS.items():
        words = ("check", *options, "--seed", "1", "-n", "1", "--", *command)
        statuses = JUDGED if sys.executable in command else BAD
        yield Row(f"target: {name}", words, PROGRAMS, statuses, alone=True)
    client = ("check", "--client", *options, "-n", "1", "--", "./none", "{host}", "{port}")
    yield Row("client: no such program", client, statuses=BAD, alone=True)
    replay = json.dumps(CASE).encode()
    yield Row("replay: no such program", ("replay", "x.json"), {"x.json": replay}, alone=True)
