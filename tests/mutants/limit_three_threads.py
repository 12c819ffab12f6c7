# mistake: three threads serve everybody: a fourth client waits until one has left (UNP 30.12)
# invariant: prompt_service
# fault: control
"""A pool of three threads."""

import concurrent.futures

from tests.mutants.unp import accept_client, serve, str_echo, tcp_listen

listener = tcp_listen()
with concurrent.futures.ThreadPoolExecutor(3) as pool:
    while True:
        pool.submit(serve, accept_client(listener), str_echo)
