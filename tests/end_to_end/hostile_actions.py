"""Hostile command lines and files for `gate`, `grade`, `merge` and `compare`, and expressions.

As in `tests.end_to_end.hostile`: each is answered with a status and a sentence.
"""

LONG = "9" * 5000
"""Digits: int() refuses so many."""

RUN = ("--", "true")
MINE = ("--", "./mine", "{port}")
CLIENT = ("--client", "--", "./mine", "{host}", "{port}")
FAILS = ("gate", "--fail", "read:EIO")
ACTS = "\x1b[2J\u202e"

ACTIONS: tuple[tuple[str, ...], ...] = (
    ("gate",),
    ("gate", *RUN),
    FAILS,
    (*FAILS, "--"),
    ("gate", "--list", *RUN),
    ("gate", "--fail", "", *RUN),
    ("gate", "--fail", "read", *RUN),
    ("gate", "--fail", "read:", *RUN),
    ("gate", "--fail", ":EIO", *RUN),
    ("gate", "--fail", "none:EIO", *RUN),
    ("gate", "--fail", "read:ENONE", *RUN),
    ("gate", "--fail", "read:ECHILD", *RUN),
    ("gate", "--fail", f"read:{ACTS}", *RUN),
    ("gate", "--short", "read:0", *RUN),
    ("gate", "--short", "read:-1", *RUN),
    ("gate", "--short", "read:x", *RUN),
    ("gate", "--short", "fork:1", *RUN),
    ("gate", "--short", f"read:{LONG}", *RUN),
    ("gate", "--short", "read:2147483648", *RUN),
    ("gate", "--hold", "read", *RUN),
    ("gate", "--hold", "read", "--until", "", *RUN),
    ("gate", "--hold", "read", "--until", "none", *RUN),
    ("gate", "--hold", "read", "--signal", "", *RUN),
    ("gate", "--hold", "read", "--signal", "SIGNONE", *RUN),
    ("gate", "--hold", "read", "--signal", "SIGKILL", *RUN),
    ("gate", "--hold", "read", "--until", "exit", "--patience", "1e300", *RUN),
    ("gate", "--hold", "read", "--until", "exit", "--patience", "1e-300", *RUN),
    ("gate", "--hold", "read", "--until", "exit", "--patience", "nan", *RUN),
    (*FAILS, "--nth", "0", *RUN),
    (*FAILS, "--nth", "x", *RUN),
    (*FAILS, "--nth", "9" * 30, *RUN),
    (*FAILS, "--times", "0", *RUN),
    (*FAILS, "--times", "9" * 30, *RUN),
    (*FAILS, "--times", "never", *RUN),
    (*FAILS, "--port", "0", *RUN),
    (*FAILS, "--port", "65536", *RUN),
    (*FAILS, "--program", "", *RUN),
    (*FAILS, "--until", "exit", *RUN),
    (*FAILS, "--json", ".", *RUN),
    (*FAILS, "--json", "none/x.json", *RUN),
    ("grade",),
    ("grade", "none.toml", *MINE),
    ("grade", ".", *MINE),
    ("grade", "--user", "0", *MINE),
    ("grade", "--user", "4294967295", *MINE),
    ("grade", "--user", LONG, *MINE),
    ("grade", "--user", "nobody at all", *MINE),
    ("grade", "--user", ACTS, *MINE),
    ("merge",),
    ("merge", "none.json"),
    ("merge", "."),
    ("merge", "/dev/zero"),
    ("merge", ACTS),
    ("compare", "--quick", "--max-examples", "3"),
    ("check", "--shard", "0/2", *MINE),
    ("check", "--shard", "3/2", *MINE),
    ("check", "--shard", "x", *MINE),
    ("check", "--shard", f"1/{LONG}", *MINE),
    ("check", "--cases", "redis://", *MINE),
    ("check", "--cases", "redis://[::1/", *MINE),
    ("check", "--cases", "redis://x:y/", *MINE),
    ("check", "--address", f"127.0.0.1:{LONG}"),
    ("check", "--network", "wire", "--address", "127.0.0.1:7"),
    ("check", "--network", "wire", "--junitxml", "x.xml", *MINE),
    ("check", "--max-time", "0.00000000001s", *MINE),
    *(
        ("check", option, expression, *CLIENT)
        for option in ("--eof-report", "--reset-report", "--unreachable-report")
        for expression in ("(", "a{99999999999999999999}", "(" * 3000)
    ),
    ("check", "--expect", "/dev/zero", *MINE),
    ("check", "--service", "/dev/zero", *MINE),
    ("compare", "/dev/zero"),
    ("grade", "/dev/zero", *MINE),
)
"""Wrong by themselves."""

DEEP = ".a" * 3000
DEEP_TABLES: dict[str, tuple[tuple[str, ...], bytes]] = {
    "expected violations": (("check", "--expect", "x.toml", *MINE), b"[[known]]\ninvariant"),
    "service": (("check", "--service", "x.toml", *MINE), b"greeting"),
    "rubric": (("grade", "x.toml", *MINE), b"title"),
    "list": (("compare", "x.toml"), b"[[implementation]]\nname"),
}
"""What reads a table, and how one begins whose keys are nested too deeply."""

VARIABLES = b"""[[implementation]]
name = "x"
command = ["./none", "{port}"]
compile = ["true"]
environment = {"A=B" = "x"}
"""
"""A name that no variable can have."""
