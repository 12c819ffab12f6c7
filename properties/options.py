"""The options of the suite, for pytest and for the command line alike, and what they mean.

Everything that the user can get wrong is found here, before anything is started.
"""

import ipaddress
import math
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from properties import baseline
from properties.baseline import NOTHING_KNOWN, Baseline
from properties.execute import Rules
from properties.families import Family
from properties.role import ROLES, Role
from properties.server import Limits
from properties.subject import RoleName, Subject
from properties.tables import TableError
from properties.telling import EOF_WORDS, RESET_WORDS, Reports
from properties.verdict import Sequel
from target.command import REFERENCE, REFERENCE_CLIENT, Command
from target.errors import TargetError
from target.sockets import reachable

EXAMPLES_A_PART = 8
"""Workloads in one part: a test of its own, so that many workers can share a family."""


WITH_A_SEQUEL = {Sequel.RESTART: 1, Sequel.ROUNDS: 1, Sequel.FLOOD: 1}
"""Workloads that are followed by each sequel."""

ONCE = frozenset({Sequel.ROUNDS, Sequel.FLOOD})
"""The sequels that show the same whatever came before: behind the first of the families only."""

BY_ADDRESS = frozenset({Sequel.FLOOD})
"""The sequels that can be made with a server that we did not start."""


class UsageError(Exception):
    """The command line is at fault; the message says how and what to do."""


@dataclass(frozen=True)
class Options:
    """What is to be run, checked."""

    subject: Subject
    rules: Rules
    families: tuple[Family, ...]
    examples: int | None
    """Workloads for each family; None for as many as each usually has."""
    seed: int
    baseline: Baseline = NOTHING_KNOWN

    @property
    def role(self) -> Role:
        """What the target is tested with, and what judges it."""
        return ROLES[self.subject.role]

    @property
    def parts(self) -> tuple[tuple[Family, int, int], ...]:
        """Return family, number of the part, and workloads in it: the tests, in their order.

        The first parts of all families come first, so that a run that is cut short has seen each.
        """
        parts = [
            (number, family, min(EXAMPLES_A_PART, wanted - done))
            for family in self.families
            for wanted in [family.examples if self.examples is None else self.examples]
            for number, done in enumerate(range(0, wanted, EXAMPLES_A_PART))
        ]
        return tuple(
            (family, number, count)
            for number, family, count in sorted(parts, key=lambda part: part[0])
        )

    @property
    def sequels(self) -> tuple[tuple[Family, Sequel, int], ...]:
        """Return family, sequel, and how many workloads it follows: the tests behind the parts."""
        return tuple(
            (family, sequel, count)
            for sequel, count in WITH_A_SEQUEL.items()
            if self.subject.role is RoleName.SERVER
            if self.subject.command is not None or sequel in BY_ADDRESS
            for family in self.families[: 1 if sequel in ONCE else None]
        )


def checked(get: Callable[[str], Any]) -> Options:
    """Check the options that `get` returns by name. Raises UsageError or TargetError."""
    command, address, client = get("server"), get("address"), get("client")
    if command is not None and address is not None:
        raise UsageError("give a server command or --address, not both")
    examples = get("max_examples")
    if examples is not None and examples < 1:
        raise UsageError(f"--max-examples {examples}: at least one workload is needed")
    host = _address_of(get("host"))
    if client is not None:
        _refuse_what_is_for_servers(get)
        subject = _client(client, host)
    elif address is None:
        subject = _by_command(command, host, get("port"))
    else:
        subject = _by_address(address)
    return Options(
        subject=subject,
        rules=Rules(
            limits=Limits(
                _positive("--max-connections", get("max_connections")),
                _positive("--max-rate", get("max_rate")),
            ),
            patience=_positive("--patience", get("patience")) or 10.0,
            reports=Reports(
                _expression("--eof-report", get("eof_report")) or EOF_WORDS,
                _expression("--reset-report", get("reset_report")) or RESET_WORDS,
            ),
        ),
        families=_families(get("fault") or [], ROLES[subject.role]),
        examples=examples,
        seed=get("anechoic_seed") or 0,
        baseline=_baseline(get("expect"), ROLES[subject.role]),
    )


def _baseline(path: str | None, role: Role) -> Baseline:
    if path is None:
        return NOTHING_KNOWN
    try:
        return baseline.read(Path(path), role)
    except TableError as error:
        raise UsageError(f"--expect: {error}") from None


FOR_SERVERS = ("server", "address", "port", "max_connections", "max_rate")
"""Options that say something about a server under test."""


def _refuse_what_is_for_servers(get: Callable[[str], Any]) -> None:
    for name in FOR_SERVERS:
        if get(name) is not None:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is for servers: leave it out, or leave out --client")


def _client(line: str, host: str) -> Subject:
    command = Command.split(line) if line else REFERENCE_CLIENT
    if not command.names_a_port:
        raise UsageError(
            f"the command {command} has no {{port}}: put {{host}} and {{port}} where the server's "
            "address and port belong"
        )
    return Subject(host, command, role=RoleName.CLIENT)


def _expression(name: str, pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise UsageError(f"{name} {pattern!r} is no regular expression: {error}") from None
    return pattern


def _positive(name: str, value: Any) -> Any:
    if value is not None and not 0 < value < math.inf:
        raise UsageError(f"{name} {value}: must be a number above zero")
    return value


def _families(names: list[str], role: Role) -> tuple[Family, ...]:
    known = {family.name: family for family in role.families}
    for name in names:
        if name not in known:
            raise UsageError(
                f"--fault {name}: there is no such fault; known are {', '.join(known)}"
            )
    return tuple(family for family in role.families if not names or family.name in names)


def _by_command(line: str | None, host: str, port: int | None) -> Subject:
    command = Command.split(line) if line is not None else REFERENCE
    if port is not None and not 0 < port < 65536:
        raise UsageError(f"--port {port}: a port is a number from 1 to 65535")
    if port is None and not command.names_a_port:
        raise UsageError(
            f"the command {command} has no {{port}}: put {{port}} where the port belongs, "
            "or name its fixed port with --port"
        )
    return Subject(host, command, port)


def _by_address(address: str) -> Subject:
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    is_number = port.isascii() and port.isdecimal()
    if not colon or not host or not is_number or not 0 < int(port) < 65536:
        raise UsageError(f"--address {address}: write HOST:PORT, such as 127.0.0.1:7 or [::1]:7")
    return Subject(reachable(_address_of(host)), port=int(port))


def _address_of(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise TargetError(f"the host {host!r} is not known: {error.strerror}") from None
    return str(found[0][4][0])
