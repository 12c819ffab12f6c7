"""A correct echo server with a limit: twelve clients at once, further ones wait to be accepted."""

import socket
import sys
import threading

MOST = 12


def _serve(connection: socket.socket, places: threading.Semaphore) -> None:
    try:
        with connection:
            while data := connection.recv(65536):
                connection.sendall(data)
    except OSError:
        pass
    finally:
        places.release()


def main(port: int) -> None:
    """Accept a client only when there is a place for it."""
    places = threading.Semaphore(MOST)
    with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        while True:
            places.acquire()
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, places), daemon=True).start()


main(int(sys.argv[1]))
