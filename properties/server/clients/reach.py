"""Reaching a server from another host: over the wire, where there is one and the server can be."""

from faults.wire import wire
from faults.wire.wire import WireError, WireLostError
from properties.model.history import History
from properties.model.settings import Rules
from properties.server.clients.served import serves
from properties.server.instance import NOT_NEEDED, ServerInstance
from target.chamber import Network
from target.errors import TargetError

NOT_SERVED = "it does not serve clients of another host"


def reach(server: ServerInstance, rules: Rules, *, over_wire: bool) -> str:
    """Let the clients of a server be on another host, where that is wanted, or say why not.

    A server that serves its own host alone is right to do so: a plain exchange tells. Returns why
    not, where all clients are to be on another host. Raises TargetError where the wire was ended
    from outside.
    """
    if server.handle is None:
        return ""
    server.wire, server.why_no_wire = None, NOT_NEEDED
    try:
        if over_wire:
            _connect(server, rules)
        elif (carrying := wire.of_this_process()) is not None:
            carrying.make_usual()
    except WireLostError as error:
        # The settings of this host are not the usual ones, and cannot be changed any more.
        raise TargetError(str(error)) from None
    except WireError as error:
        server.wire, server.why_no_wire = None, str(error)
    is_wanted = rules.network is Network.WIRE and over_wire and server.wire is None
    return f"its clients were on its own host: {server.why_no_wire}" if is_wanted else ""


def _connect(server: ServerInstance, rules: Rules) -> None:
    carrying = wire.of_this_process()
    server.why_no_wire = wire.why_none(server.endpoint.host)
    if carrying is None or server.why_no_wire:
        return
    carrying.open(server.endpoint.host)
    carrying.make_brisk()
    server.wire = carrying
    if not serves(server, rules, History()):
        server.wire, server.why_no_wire = None, NOT_SERVED
