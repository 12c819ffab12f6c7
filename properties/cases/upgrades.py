"""Conversion of saved cases of older formats to the present one.

Format 1 wrote members of enumerations as the sentences that reports show, and repeated the
requirement as `expected`. Format 2 writes the members' names, so that a sentence can be improved
without breaking saved cases, and names the service. Format 3 calls after what format 2 called
behind. The tables are those of their formats: they do not follow later changes.
"""

from collections.abc import Callable, Mapping
from typing import Any

FORMAT_1: Mapping[str, Mapping[str, str]] = {
    "call": {
        "the listener blocked in accept": "ACCEPT",
        "a worker blocked in read": "READ",
        "a worker blocked in write": "WRITE",
        "write": "WRITE",
        "read": "READ",
        "waits for input": "INPUT",
        "waits for an echo": "READ",
        "is blocked in write, because the server does not read": "WRITE",
        "is blocked in write to its output, because nobody reads it": "OUTPUT",
        "is blocked in connect": "CONNECT",
        "is blocked in connect, which then is refused": "REFUSED",
    },
    "conclusion": {
        "it came": "MET",
        "nothing in the server can change any more": "SETTLED",
        "the server slept through the patience": "ASLEEP",
        "the server computed through the patience": "BUSY",
        "nothing came within the patience": "SILENT",
        "the machine gave the server too little time to tell": "STARVED",
    },
    "content": {
        "lines": "LINES",
        "letters": "LETTERS",
        "random": "RANDOM",
        "zeros": "ZEROS",
        "high": "HIGH",
        "newlines": "NEWLINES",
        "crlf": "CRLF",
        "control": "CONTROL",
        "digits": "DIGITS",
    },
    "end": {
        "ECONNRESET": "RESET",
        "another error": "OTHER",
    },
    "failure": {
        "read fails with EINTR": "READ_INTERRUPTED",
        "write fails with EINTR": "WRITE_INTERRUPTED",
        "poll fails with EINTR": "POLL_INTERRUPTED",
        "read fails with ECONNRESET": "READ_RESET",
        "write fails with ECONNRESET": "WRITE_RESET",
        "write fails with EPIPE": "WRITE_PIPE",
    },
    "hindrance": {
        "nobody listens: the connection is refused": "REFUSED",
        "the connection is reset while it waits in the accept queue": "RESET_PENDING",
        "the accept queue is full: the SYN must be sent again": "SLOW",
    },
    "how": {
        "close": "CLOSE",
        "close with unread input": "UNREAD",
        "RST": "RESET",
    },
    "manner": {
        "FIN and RST in turn": "MIXED",
        "closes": "CLOSE",
        "half-closes": "HALF_CLOSE",
        "answers and closes": "BEHIND_DATA",
        "resets": "ALONE",
        "closes with unread input (RST)": "UNREAD",
        "answers and resets": "BEHIND_DATA",
        "sends FIN, then RST": "BEHIND_FIN",
    },
    "meanwhile": {
        "the client resets": "RESET",
        "the client closes": "CLOSE",
        "the client sends more": "SEND",
        "the process is killed": "KILL",
        "the process gets a caught signal": "SIGNAL",
        "another worker ends": "CHILD_ENDS",
    },
    "moment": {
        "while it is idle": "IDLE",
        "with unread input": "UNREAD_INPUT",
        "in the middle of an echo": "MID_ECHO",
    },
    "order": {
        "before": "BEFORE",
        "after": "AFTER",
        "among": "AMONG",
    },
    "place": {
        "between read and write": "WRITE",
        "between accept and fork": "FORK",
        "before it reads": "READ",
        "what the client sent": "SENT",
        "what the client printed": "PRINTED",
    },
    "race": {
        "FIN in the segment of the last byte": "FIN_BEHIND_DATA",
        "FIN before anything else": "FIN_BEFORE_DATA",
        "half-close while the echo is still owed": "HALF_CLOSE_OWED",
        "RST right behind data": "RST_BEHIND_DATA",
        "close right behind data, before its echo": "CLOSE_BEHIND_DATA",
        "close while the server is blocked in write": "CLOSE_IN_WRITE",
    },
    "reading": {
        "eagerly": "EAGER",
        "slowly": "SLOW",
        "late": "LATE",
    },
    "status": {
        "fired": "FIRED",
        "missed": "MISSED",
        "impossible": "IMPOSSIBLE",
    },
    "what": {
        "to connect": "CONNECTION",
        "to send what was typed": "INPUT",
        "to take the echo": "ECHO",
        "to notice the end of the connection": "NOTICE",
        "to end after its input and the echoes": "EXIT",
        "to end after the server has closed": "EXIT_AFTER_FIN",
    },
}
"""The names of enumeration members in format 2 by the field that holds one and the sentence in
format 1."""

FORMAT_2: Mapping[str, Mapping[str, str]] = {
    "manner": {
        "BEHIND_DATA": "AFTER_DATA",
        "BEHIND_FIN": "AFTER_FIN",
    },
    "race": {
        "FIN_BEHIND_DATA": "FIN_AFTER_DATA",
        "RST_BEHIND_DATA": "RST_AFTER_DATA",
        "CLOSE_BEHIND_DATA": "CLOSE_AFTER_DATA",
    },
}
"""The names of enumeration members by the field that holds one and the name in format 2."""


def _named(table: Mapping[str, Mapping[str, str]], field: str, value: Any) -> Any:
    if isinstance(value, str):
        return table.get(field, {}).get(value, value)
    if isinstance(value, dict):
        return {name: _named(table, name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_named(table, field, item) for item in value]
    return value


def _members_named(
    table: Mapping[str, Mapping[str, str]], data: dict[str, Any], to: int
) -> dict[str, Any]:
    """Return a case of format `to`, in which the members have the names of a table."""
    return {
        name: _named(table, name, value) if name in ("workload", "history") else value
        for name, value in {**data, "anechoic_case": to}.items()
    }


def _from_1(data: dict[str, Any]) -> dict[str, Any]:
    upgraded = _members_named(FORMAT_1, data, 2)
    upgraded.pop("expected", None)
    return upgraded


def _from_2(data: dict[str, Any]) -> dict[str, Any]:
    return _members_named(FORMAT_2, data, 3)


UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2}
"""By format: the function that converts a case of that format to the next one."""
