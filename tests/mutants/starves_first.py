# mistake: of the clients that are ready only the first in the table is served, each time (UNP 6.8)
# invariant: prompt_service
# fault: flooding_client
"""A select loop that serves one descriptor and asks again, from the first on."""

import select

from tests.mutants.select_loop import ROOM, admit, ended, pending, serve
from tests.mutants.unp import tcp_listen

listener = tcp_listen()
listener.setblocking(False)
while True:
    readers = [one for one, data in pending.items() if one not in ended and len(data) < ROOM]
    writers = [one for one, data in pending.items() if data]
    ready, writable, _ = select.select([listener, *readers], writers, [])
    if listener in ready:
        admit(listener)
        continue
    for client in list(pending):
        if client in ready or client in writable:
            serve(client, may_read=client in ready)
            break
