"""Progress: what a worker sends, the controlling process receives, and neither waits."""

import queue
import socket
from dataclasses import replace

from properties.running.progress.parts import PartProgress, ProgressReceiver, ProgressSender

PROGRESS = PartProgress(
    "t[control-0]", "control", 3, ("no_zombies",), "shrinking", levels=("should",)
)


def test_what_a_worker_tells_is_heard_with_its_name() -> None:
    received: queue.SimpleQueue[PartProgress] = queue.SimpleQueue()
    receiver = ProgressReceiver(received.put)
    sender = ProgressSender(receiver.address, "gw1")
    sender.send(PROGRESS)
    assert received.get(timeout=30) == replace(PROGRESS, worker="gw1")
    sender.close()
    receiver.close()


def test_what_is_no_report_is_not_heard() -> None:
    received: queue.SimpleQueue[PartProgress] = queue.SimpleQueue()
    receiver = ProgressReceiver(received.put)
    sender = ProgressSender(receiver.address, "gw1")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        for nonsense in (b"\xff", b"[]", b'{"part": 1}', b'{"violated": 3}', b"7"):
            other.sendto(nonsense, bytes.fromhex(receiver.address))
    sender.send(PROGRESS)
    assert received.get(timeout=30).worker == "gw1"
    assert received.empty()
    sender.close()
    receiver.close()


def test_nobody_needs_to_listen() -> None:
    receiver = ProgressReceiver(lambda _: None)
    sender = ProgressSender(receiver.address, "gw1")
    receiver.close()
    receiver.close()
    sender.send(PROGRESS)
    sender.close()


def test_a_worker_does_not_wait_for_whoever_hears_slowly() -> None:
    received: queue.SimpleQueue[PartProgress] = queue.SimpleQueue()
    go_on: queue.SimpleQueue[None] = queue.SimpleQueue()

    def slowly(progress: PartProgress) -> None:
        received.put(progress)
        go_on.get()

    receiver = ProgressReceiver(slowly)
    sender = ProgressSender(receiver.address, "gw1")
    count = 10_000
    for _ in range(count):
        sender.send(PROGRESS)
    for _ in range(count):
        go_on.put(None)
    receiver.close()
    assert received.qsize() < count
    sender.close()
