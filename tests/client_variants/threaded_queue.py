# correct: a thread reads standard input into a queue, and a pipe wakes the main thread (UNP 26.3)
"""A client that selects on the socket and on a pipe, never on its input."""

import os
import select
import threading

from tests.client_mutants.unpcli import CHUNK, STDIN, Client, tcp_connect

woken, waking = os.pipe()


def copy_input() -> None:
    """Pass standard input on; a pipe is a queue of bytes."""
    while data := os.read(STDIN, CHUNK):
        while data:
            data = data[os.write(waking, data) :]
    os.close(waking)


class Queued(Client):
    """Reads its input from the pipe."""

    def wait(self) -> dict[int, int]:
        """Sleep until there is something to do; the pipe stands for standard input."""
        reading = [self.sockfd.fileno()]
        if not self.unsent and not self.input_ended:
            reading.append(woken)
        writing = [self.sockfd.fileno()] if self.unsent else []
        readable, writable, _ = select.select(reading, writing, [])
        events = dict.fromkeys(readable, int(select.POLLIN))
        for fd in writable:
            events[fd] = events.get(fd, 0) | select.POLLOUT
        return events

    def turn(self, events: dict[int, int]) -> None:
        """Serve the socket, then the pipe."""
        super().turn(events)
        if woken in events:
            data = os.read(woken, CHUNK)
            self.unsent += data
            self.owed += len(data)
            if not data:
                self.end_input()


connection = tcp_connect()
threading.Thread(target=copy_input, daemon=True).start()
Queued(connection).run()
