"""Progress: what a worker tells, the controlling process hears, and nobody waits."""

import queue
import socket
from dataclasses import replace

from properties.progress import Ear, Speaker, Underway

SAID = Underway("t[control-0]", "control", 3, ("no_zombies",), "shrinking")


def test_what_a_worker_tells_is_heard_with_its_name() -> None:
    heard: queue.SimpleQueue[Underway] = queue.SimpleQueue()
    ear = Ear(heard.put)
    speaker = Speaker(ear.address, "gw1")
    speaker.tell(SAID)
    assert heard.get(timeout=30) == replace(SAID, worker="gw1")
    speaker.close()
    ear.close()


def test_what_is_no_report_is_not_heard() -> None:
    heard: queue.SimpleQueue[Underway] = queue.SimpleQueue()
    ear = Ear(heard.put)
    speaker = Speaker(ear.address, "gw1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        for nonsense in (b"\xff", b"[]", b'{"part": 1}', b'{"violated": 3}', b"7"):
            other.sendto(nonsense, bytes.fromhex(ear.address))
    speaker.tell(SAID)
    assert heard.get(timeout=30).worker == "gw1"
    assert heard.empty()
    speaker.close()
    ear.close()


def test_nobody_needs_to_listen() -> None:
    ear = Ear(lambda _: None)
    speaker = Speaker(ear.address, "gw1")
    ear.close()
    ear.close()
    speaker.tell(SAID)
    speaker.close()


def test_a_worker_does_not_wait_for_whoever_hears_slowly() -> None:
    heard: queue.SimpleQueue[Underway] = queue.SimpleQueue()
    go_on: queue.SimpleQueue[None] = queue.SimpleQueue()

    def slowly(underway: Underway) -> None:
        heard.put(underway)
        go_on.get()

    ear = Ear(slowly)
    speaker = Speaker(ear.address, "gw1")
    told = 10_000
    for _ in range(told):
        speaker.tell(SAID)
    for _ in range(told):
        go_on.put(None)
    ear.close()
    assert heard.qsize() < told
    speaker.close()
