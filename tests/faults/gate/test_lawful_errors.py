"""The table of lawful errors: which calls may fail with what, and which never."""

import os
import socket
import threading

import pytest

from faults.gate.calls import Kind, kind_named, numbers_of
from faults.gate.kernel import Call
from faults.gate.lawful_errors import ROWS, About, CallErrno, Row, about_of, points_of
from faults.server.accept_errors import AcceptErrno

NEVER = ("close", "rt_sigaction", "wait4", "fcntl", "ioctl", "futex", "brk")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind.value}-{row.about.name}")
def test_a_row_has_calls_errors_and_a_source(row: Row) -> None:
    assert numbers_of({row.kind})
    assert row.errors
    assert row.source


def test_accept_has_the_errors_of_its_own_family_but_eintr() -> None:
    found = {error.name for error, _ in points_of(Kind.ACCEPT, "accept", About.LISTENING)}
    assert found == {error.name for error in AcceptErrno} - {"EINTR"}


@pytest.mark.parametrize("name", NEVER)
def test_some_calls_are_never_failed(name: str) -> None:
    kind = kind_named(name)
    assert kind is None or not any([*points_of(kind, name, about)] for about in About)


def test_no_call_is_interrupted_or_denies_its_children() -> None:
    assert {"EINTR", "ECHILD"}.isdisjoint(error.name for error in CallErrno)


def test_the_end_of_a_connection_comes_once() -> None:
    points = set(points_of(Kind.WRITE, "write", About.CONNECTION))
    assert (CallErrno.EPIPE, False) in points
    assert (CallErrno.EPIPE, True) not in points


def test_a_shortage_comes_once_and_for_good() -> None:
    points = set(points_of(Kind.NEW_DESCRIPTOR, "socket", About.NEW))
    assert {(CallErrno.EMFILE, False), (CallErrno.EMFILE, True)} <= points


def test_a_wait_is_not_failed_for_good() -> None:
    assert list(points_of(Kind.WAIT, "poll", About.DESCRIPTORS)) == [(CallErrno.ENOMEM, False)]


def test_epoll_wait_reports_nothing_but_eintr() -> None:
    assert not list(points_of(Kind.WAIT, "epoll_wait", About.DESCRIPTORS))


def test_a_socket_of_tcp_is_the_connection_and_is_not_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A copy would keep a closed socket in the epoll sets of the target (epoll(7), question 6).
    monkeypatch.delattr(os, "pidfd_open")
    number = min(numbers_of({Kind.READ}))
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as local:
        found = [
            about_of(
                Call(1, threading.get_native_id(), number, (one.fileno(), 0, 0)), 0, frozenset()
            )
            for one in (tcp, local)
        ]
    assert found == [About.CONNECTION, None]
