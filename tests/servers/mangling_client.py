"""An echo client with one of several mistakes: `mangling_client.py HOST PORT [MISTAKE]`.

    leading     takes blanks off the beginning of a line
    escape      ends at a line that begins with ~.
    doubled     prints 0xFF once where it came twice
    full        does not print the newline of a line of 512 bytes
    lines       counts the lines that are owed, and not the bytes
    early       ends when both sides have ended, whatever is still to be printed

Without one, it is right.
"""

import os
import re
import selectors
import socket
import sys

MISTAKE = " ".join(sys.argv[3:])
PIECE = 4096


def typed(data: bytes) -> bytes:
    """Return what is sent of a piece of input."""
    return re.sub(rb"(?m)^[ \t]+", b"", data) if MISTAKE == "leading" else data


def shown(data: bytes) -> bytes:
    """Return what is printed of a piece of the echo."""
    if MISTAKE == "doubled":
        return data.replace(b"\xff\xff", b"\xff")
    return re.sub(rb"(?m)^(.{511})\n", rb"\1", data) if MISTAKE == "full" else data


def is_all(sent: bytes, echoed: bytes) -> bool:
    """Return whether the server has sent all that it owes."""
    if MISTAKE == "lines":
        return sent.count(b"\n") == echoed.count(b"\n")
    return len(sent) == len(echoed)


def main() -> None:
    """Copy standard input to the server, and what comes from there to standard output."""
    connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ)
    waiting.register(connection, selectors.EVENT_READ)
    sent, echoed, printed, is_over, has_ended = bytearray(), bytearray(), 0, False, False
    while not has_ended or printed < len(echoed):
        ready = [key.fileobj for key, _ in waiting.select(0 if printed < len(echoed) else None)]
        if 0 in ready:
            data = os.read(0, 1 << 16)
            if not data or (MISTAKE == "escape" and data.startswith(b"~.")):
                waiting.unregister(0)
                connection.shutdown(socket.SHUT_WR)
                is_over = True
            else:
                sent += data
                connection.sendall(typed(data))
        if connection in ready:
            data = connection.recv(1 << 16)
            echoed += data
            if not data:
                if not is_over or not is_all(bytes(sent), bytes(echoed)):
                    sys.exit("the server has terminated prematurely")
                waiting.unregister(connection)
                has_ended = True
                if MISTAKE == "early":
                    return
        if printed < len(echoed):
            os.write(1, shown(bytes(echoed[printed : printed + PIECE])))
            printed = min(len(echoed), printed + PIECE)


main()
