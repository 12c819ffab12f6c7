"""Two hosts and a link between them: the target's, and the peer's, where our sockets for it are.

The chamber (`target.chamber`) is the target's host. The peer's is a network namespace beside it,
and a third one between the two holds the other ends of two pairs of veth(4) devices. Nothing
carries frames from one pair to the other but what reads them there: see `faults.wire`.

Both hosts have an address of 127.0.0.0/8, so that a server that listens on 127.0.0.1 alone can be
reached, and one that serves its own machine alone serves us. The kernel takes such a packet from a
device where `route_localnet` is set (ip-sysctl), and where the address is not one of its own: in
the target's host the route to the peer stands in the table of local addresses, where it is longer
than that of the loopback device; in the peer's host the loopback device has no address.

Retransmission on the link is quick: its smallest timeout is an attribute of the routes.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from target import namespaces
from target.namespaces import CLONE_NEWNET

PEER = "127.9.0.1"
"""The address of the peer's host."""

MTU = 1500
SMALLEST_MTU = 552
"""Bytes of the largest packet: of Ethernet, and about the least that Linux takes for TCP."""

WINDOW = 65535
"""Bytes of the largest window: what is on its way has room in the queue of what carries it."""

RTO_MIN = 5
"""Milliseconds of the smallest retransmission timeout on the link."""

MAC = {"peer": "02:00:00:00:00:01", "target": "02:00:00:00:00:02"}
_PERMANENT, _LINK, _LOCAL_TABLE = 0x80, 253, 255
"""Numbers of rtnetlink(7): a neighbour, a scope and a table."""

_RTO_MIN_LOCKED = 1 << 13
"""RTAX_RTO_MIN as a bit of RTAX_LOCK: without it the attribute is not looked at."""

BRISK: Mapping[str, int] = {
    "tcp_syn_retries": 1,
    "tcp_synack_retries": 2,
    "tcp_rto_max_ms": 1000,
    "tcp_keepalive_time": 1,
    "tcp_keepalive_intvl": 1,
    "tcp_keepalive_probes": 2,
    "tcp_no_metrics_save": 1,
}
"""Settings (ip-sysctl) with which the kernel soon learns of a host that does not answer at all.
Each connection measures the link anew: after one whose segments a fault has held back for a second
the next would begin with a retransmission timeout of three."""

IMPATIENT: Mapping[str, int] = {"tcp_retries2": 1}
"""With this it gives up on a host that has answered before, within a second. Not for longer than
that is waited for: a peer that does not read is probed as often, and a busy machine may take longer
for the answer than lies between two probes."""

OF_THE_PEER: Mapping[str, int] = {**BRISK, "tcp_tw_reuse": 1, "tcp_rfc1337": 1}
"""A FIN that was sent again is acknowledged twice, the second time to a socket that has gone, which
answers with RST: that would end TIME_WAIT (RFC 1337)."""


@dataclass(frozen=True)
class Hosts:
    """The namespaces, as descriptors, and the names of the devices between the hosts."""

    target: int
    peer: int
    between: int
    devices: tuple[str, str] = ("to-peer", "to-target")

    @contextmanager
    def inside(self, namespace: int) -> Iterator[None]:
        """Let the calling thread make sockets in a namespace; afterwards it is between again."""
        namespaces.join(namespace, CLONE_NEWNET)
        try:
            yield
        finally:
            namespaces.join(self.between, CLONE_NEWNET)

    def set(self, namespace: int, settings: Mapping[str, int]) -> dict[str, int]:
        """Change settings of TCP in a host; return what they were. Unknown ones are left out."""
        before = {}
        with self.inside(namespace):
            for name, value in settings.items():
                try:
                    before[name] = int(namespaces.get_ipv4(name))
                    namespaces.set_ipv4(name, str(value))
                except OSError:
                    before.pop(name, None)
        return before


def make(target_address: str) -> Hosts:
    """Make a host for the peer beside that of the calling process, which is the target's.

    The calling process is between the two afterwards; it needs the rights of a namespace's maker.
    Raises OSError.
    """
    target = _namespace()
    between, peer = _new_namespace(), _new_namespace()
    hosts = Hosts(target, peer, between)
    namespaces.join(between, CLONE_NEWNET)
    with _netlink() as links:
        for device, (name, namespace) in zip(
            hosts.devices, (("peer", peer), ("target", target)), strict=True
        ):
            _connect(links, device, name, namespace)
    with hosts.inside(peer), _netlink() as links:
        loopback = _up(links, "lo")
        links.flush_addr(index=loopback)
        _settle(links, "peer", target_address, PEER, {})
    with hosts.inside(target), _netlink() as links:
        _settle(links, "target", PEER, target_address, {"table": _LOCAL_TABLE})
    hosts.set(peer, OF_THE_PEER)
    return hosts


def set_mtu(hosts: Hosts, mtu: int) -> None:
    """Set the size of the largest packet on the link, in bytes. Raises OSError."""
    for namespace, name in ((hosts.peer, "peer"), (hosts.target, "target")):
        with hosts.inside(namespace), _netlink() as links:
            links.link("set", index=_index(links, f"{name}0"), mtu=mtu)


def _connect(links: Any, device: str, name: str, namespace: int) -> None:
    """Make a pair of devices, one here and one in a host."""
    far = {"ifname": f"{name}0", "net_ns_fd": namespace, "address": MAC[name], "gso_max_segs": 1}
    links.link("add", ifname=device, kind="veth", peer=far)
    _up(links, device)


def _settle(links: Any, name: str, theirs: str, ours: str, more: Mapping[str, int]) -> None:
    """Give a host its end of the link, and the way to the other host."""
    device = f"{name}0"
    # Its link-local address would be the only one that is no loopback address, and getaddrinfo(3)
    # with AI_ADDRCONFIG would find names of IPv6 alone.
    namespaces.without_ipv6(device)
    index = _up(links, device)
    # Segments are to be seen as they are sent, not joined for a device that would cut them.
    links.link("set", index=index, gso_max_segs=1)
    for scope in ("all", device):
        namespaces.set_ipv4(f"conf/{scope}/route_localnet", "1")
    if name == "peer":
        links.addr("add", index=index, address=ours, prefixlen=32)
    other = MAC["target" if name == "peer" else "peer"]
    links.neigh("replace", dst=theirs, lladdr=other, ifindex=index, state=_PERMANENT)
    links.route(
        "add",
        dst=f"{theirs}/32",
        oif=index,
        prefsrc=ours,
        scope=_LINK,
        metrics={"lock": _RTO_MIN_LOCKED, "rto_min": RTO_MIN, "window": WINDOW},
        **more,
    )


def _up(links: Any, device: str) -> int:
    index = _index(links, device)
    links.link("set", index=index, state="up")
    return index


def _index(links: Any, device: str) -> int:
    found: int = links.link_lookup(ifname=device)[0]
    return found


@contextmanager
def _netlink() -> Iterator[Any]:
    """Talk to the kernel about the devices of this namespace. Raises OSError."""
    # Imported by the process that makes the hosts alone: it takes a tenth of a second.
    from pyroute2 import IPRoute, NetlinkError

    try:
        with IPRoute() as links:
            yield links
    except NetlinkError as error:
        number = error.code or errno.EPROTO
        raise OSError(number, os.strerror(number)) from None


def _namespace() -> int:
    return os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _new_namespace() -> int:
    namespaces.unshare(CLONE_NEWNET)
    return _namespace()
