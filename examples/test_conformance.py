"""A server held against the whole suite: one pytest test for each part of it.

Run it with `pytest examples/test_conformance.py`, on all cores with `-n auto`. Replace the command
by your own: `{host}` and `{port}` are filled in. The other keywords are those of `anechoic.check`.
"""

import sys

import anechoic

SERVER = f"{sys.executable} -P -m target.tcpserv04 --host {{host}} --port {{port}}"

test_my_server = anechoic.conformance_tests(
    SERVER, faults=["control", "disconnect_burst"], max_examples=4, max_connections=40
)
