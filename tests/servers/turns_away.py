"""A server with a thread for each client that closes any client beyond its limit at once.

`turns_away.py PORT LIMIT [HOW] [late]`: HOW is `fin`, or `reset`; `late`: one that is turned away
is kept in the accept queue for a while first. A place is free again when the thread of its client
has closed the connection, a moment after the client has seen the end.
"""

import contextlib
import select
import socket
import struct
import sys
import threading
import time

places = threading.Semaphore(int(sys.argv[2]))
RESET = struct.pack("ii", 1, 0)


def serve(connection: socket.socket) -> None:
    """Echo to one client until it has sent its FIN, or a reset, and leave its place."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(65536):
            connection.sendall(data)
    places.release()


def main() -> None:
    """Serve for ever."""
    with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024) as listener:
        while True:
            select.select([listener], [], [])
            has_place = places.acquire(blocking=False)
            if not has_place and "late" in sys.argv[3:]:
                time.sleep(0.2)
            try:
                connection, _ = listener.accept()
            except OSError:
                if has_place:
                    places.release()
                time.sleep(0.1)
                continue
            if has_place:
                threading.Thread(target=serve, args=(connection,)).start()
            else:
                if "reset" in sys.argv[3:]:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.close()


main()
