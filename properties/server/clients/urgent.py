"""Urgent data: one byte that a client sends with MSG_OOB (UNP 24.2)."""

import socket

from properties.engine.traffic import COUNTED
from properties.model.history import History
from properties.model.oracle import KnowsUrgentData
from properties.server.clients.client_connection import ClientConnection
from properties.server.events import UrgentSent

URGENT = b"!"


def send_urgent(client: ClientConnection, history: History) -> bool:
    """Send one urgent byte; return whether the kernel took it.

    False as well where the client has bytes of its own to send first, or has sent its FIN, and
    where the service does not say what may come back.
    """
    if not isinstance(client.owing, KnowsUrgentData) or not client.is_open:
        return False
    if client.wants_to_write:
        return False
    try:
        client.socket.send(URGENT, socket.MSG_OOB)
    except OSError:
        return False
    client.owed.allow(client.owing.urgent(URGENT))
    client.written += 1
    COUNTED.bytes += 1
    history.add(UrgentSent(history.now(), client.number))
    return True
