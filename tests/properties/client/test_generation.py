"""Generated workloads of clients: what each family reaches, and what a terminal is spared."""

import dataclasses
import enum
import json
import typing
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.freeze import FreezeClient
from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.client_context import ClientContext, OutputFailure, PeerEnd
from faults.fault import Fault, Status
from faults.payloads import HEAVY, MAXLINE, Content
from faults.registry import CLIENT_FAULTS
from properties.cases.codec import (
    events_as_data,
    events_from_data,
    workload_as_data,
    workload_from_data,
)
from properties.client import events as peer_events
from properties.client.events import Awaited, Place
from properties.client.families import CLIENT_FAMILIES
from properties.client.generation.wire_faults import TAKES_A_TIMEOUT
from properties.client.generation.workloads import CLIENT_FAULT_STRATEGIES, TERMINAL_MOST
from properties.client.role import CLIENT
from properties.client.steps import (
    Accept,
    Answer,
    EndInput,
    FromFile,
    Say,
    Terminal,
    Type,
    TypeUntilHeld,
)
from properties.model.events import Conclusion, Event
from properties.model.role import Family
from properties.model.settings import Limits
from properties.model.steps import Inject, Step, Workload, is_workload

FAMILY = {family.name: family for family in CLIENT_FAMILIES}
CONTROL, MIXED = FAMILY["control"], FAMILY["mixed"]

each_family = pytest.mark.parametrize(
    "family", CLIENT_FAMILIES, ids=[family.name for family in CLIENT_FAMILIES]
)

quickly = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

searching = settings(
    max_examples=2000,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def workloads(family: Family) -> st.SearchStrategy[Workload]:
    return family.workloads(Limits())


def injected(workload: Workload) -> list[Fault[ClientContext]]:
    return [step.fault for step in workload if isinstance(step, Inject)]


def is_terminal(workload: Workload) -> bool:
    return any(isinstance(step, Terminal) for step in workload)


# What the families reach.


def values(kind: type[Fault[ClientContext]]) -> list[tuple[str, Any]]:
    """Return each value of each field of a fault that has a few."""
    hints = typing.get_type_hints(kind)
    found: list[tuple[str, Any]] = []
    for field in dataclasses.fields(typing.cast(Any, kind)):
        hint = hints[field.name]
        if hint is bool:
            found += [(field.name, False), (field.name, True)]
        elif issubclass(hint, enum.Enum):
            found += [(field.name, member) for member in hint]
    return found


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        pytest.param(kind, field, value, id=f"{kind.name}-{field}-{value}")
        for kind in CLIENT_FAULTS
        for field, value in values(kind)
    ],
)
def test_a_family_makes_each_value_of_its_fault(
    kind: type[Fault[ClientContext]], field: str, value: object
) -> None:
    def has_it(workload: Workload) -> bool:
        return any(getattr(fault, field) == value for fault in injected(workload))

    if value in TAKES_A_TIMEOUT:
        assert any(has_it(choice.workload) for choice in FAMILY[kind.name].sweep)
        return
    found = find(workloads(FAMILY[kind.name]), has_it, settings=searching)
    assert {type(fault) for fault in injected(found)} == {kind}


NEARBY = [kind for kind in CLIENT_FAULTS if not kind.over_wire]


@pytest.mark.parametrize("kind", NEARBY, ids=[kind.name for kind in NEARBY])
def test_the_mixed_family_makes_every_fault(kind: type[Fault[ClientContext]]) -> None:
    assert find(
        workloads(MIXED),
        lambda workload: any(isinstance(fault, kind) for fault in injected(workload)),
        settings=searching,
    )


def test_every_fault_of_a_client_has_a_family_and_can_be_drawn() -> None:
    assert [*FAMILY] == ["control", *(fault.name for fault in CLIENT_FAULTS), "mixed"]
    assert set(CLIENT_FAULT_STRATEGIES) == set(CLIENT_FAULTS)


def is_in_lines(step: Step) -> bool:
    return isinstance(step, Type) and step.payload.content is Content.LINES


@pytest.mark.parametrize(
    "is_it",
    [
        pytest.param(lambda step: isinstance(step, Terminal), id="a terminal"),
        pytest.param(lambda step: isinstance(step, Accept), id="an accept"),
        pytest.param(lambda step: isinstance(step, Say), id="a surplus"),
        pytest.param(lambda step: isinstance(step, EndInput), id="an early end of the input"),
        pytest.param(lambda step: isinstance(step, Answer) and step.piece == 1, id="single bytes"),
        pytest.param(lambda step: isinstance(step, Answer) and step.withheld, id="withheld bytes"),
        pytest.param(lambda step: isinstance(step, Type) and not is_in_lines(step), id="no lines"),
        pytest.param(
            lambda step: isinstance(step, Type) and step.payload.length == HEAVY, id="megabytes"
        ),
        pytest.param(
            lambda step: isinstance(step, Type) and step.payload.length == MAXLINE, id="MAXLINE"
        ),
    ],
)
def test_the_control_family_makes_each_kind_of_step(is_it: typing.Callable[[Step], bool]) -> None:
    assert find(workloads(CONTROL), lambda workload: any(map(is_it, workload)), settings=searching)


def test_a_signal_is_also_sent_to_a_client_that_has_done_nothing_yet() -> None:
    assert find(
        workloads(FAMILY["signals"]),
        lambda workload: (
            isinstance(workload[0], Inject)
            and injected(workload)[0] == SignalClient(ClientCall.CONNECT, ClientSignal.CAUGHT, 1)
        ),
        settings=searching,
    )


@pytest.mark.parametrize(
    ("family", "simplest"),
    [
        ("control", (Accept(),)),
        ("freeze", (Inject(FreezeClient(answered=False)),)),
        ("peer_fin", (Inject(PeerFin(FinManner.CLOSE, frozen=False)),)),
        ("peer_reset", (Inject(PeerReset(ResetManner.ALONE, frozen=False)),)),
        ("connecting", (Inject(HinderConnect(Hindrance.REFUSED)),)),
    ],
)
def test_the_simplest_workload_of_a_family_is_one_step(family: str, simplest: Workload) -> None:
    first = settings(searching, max_examples=1)
    assert find(workloads(FAMILY[family]), lambda _: True, settings=first) == simplest


# What every workload keeps to.


@each_family
@quickly
@given(data=st.data())
def test_a_family_injects_its_own_fault_and_control_none(
    family: Family, data: st.DataObject
) -> None:
    names = [fault.name for fault in injected(data.draw(workloads(family)))]
    if family is CONTROL:
        assert names == []
    else:
        assert 1 <= len(names) <= 2
        assert family is MIXED or set(names) == {family.name}


@each_family
@quickly
@given(data=st.data())
def test_each_step_but_the_terminal_makes_a_workload_by_itself(
    family: Family, data: st.DataObject
) -> None:
    workload = data.draw(workloads(family))
    assert workload
    assert all(is_workload((step,)) for step in workload if not isinstance(step, Terminal))


@each_family
@quickly
@given(data=st.data())
def test_a_terminal_comes_first_and_only_once(family: Family, data: st.DataObject) -> None:
    workload = data.draw(workloads(family))
    assert not any(isinstance(step, Terminal) for step in workload[1:])


@each_family
@quickly
@given(data=st.data())
def test_a_terminal_is_given_only_lines_and_short_ones(family: Family, data: st.DataObject) -> None:
    workload = data.draw(workloads(family).filter(is_terminal))
    typed = [step.payload for step in workload if isinstance(step, Type)]
    assert all(payload.content is Content.LINES for payload in typed)
    assert all(payload.length <= TERMINAL_MOST for payload in typed)


@each_family
@quickly
@given(data=st.data())
def test_at_a_terminal_nobody_is_to_block_in_write(family: Family, data: st.DataObject) -> None:
    workload = data.draw(workloads(family).filter(is_terminal))
    assert all(getattr(fault, "call", None) is not ClientCall.WRITE for fault in injected(workload))


@each_family
@quickly
@given(data=st.data())
def test_what_is_in_the_way_of_the_connection_comes_before_it(
    family: Family, data: st.DataObject
) -> None:
    workload = data.draw(workloads(family))
    steps = [step for step in workload if not isinstance(step, Terminal)]
    late = [step.fault for step in steps[1:] if isinstance(step, Inject)]
    assert not any(isinstance(fault, HinderConnect) for fault in late)
    assert not any(getattr(fault, "call", None) is ClientCall.CONNECT for fault in late)


@each_family
@quickly
@given(data=st.data())
def test_nothing_is_typed_after_the_end_of_the_input(family: Family, data: st.DataObject) -> None:
    kinds = [type(step) for step in data.draw(workloads(family))]
    after = kinds[kinds.index(EndInput) + 1 :] if EndInput in kinds else []
    assert Type not in after


@settings(quickly, max_examples=500)
@given(workload=workloads(CONTROL))
def test_no_more_is_withheld_than_was_typed(workload: Workload) -> None:
    unanswered = 0
    for step in workload:
        match step:
            case Type(payload):
                unanswered += payload.length
            case Answer(_, withheld):
                assert 0 <= withheld <= unanswered
                unanswered = withheld


# Back from a case.


@each_family
@quickly
@given(data=st.data())
def test_every_workload_comes_back_from_json_as_it_was(family: Family, data: st.DataObject) -> None:
    workload = data.draw(workloads(family))
    written = json.dumps(workload_as_data(workload, CLIENT.words))
    assert workload_from_data(json.loads(written), CLIENT.words) == workload
    assert hash(workload_from_data(json.loads(written), CLIENT.words)) == hash(workload)


EVENTS = [
    kind
    for kind in vars(peer_events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
]

SOME_VALUES: dict[object, list[object]] = {
    int: [0, 4711],
    float: [0.125],
    bool: [True, False],
    str: ["some words", ""],
    bytes: [b"\x00\xff", b""],
    int | None: [None, 7],
    tuple[str, ...]: [(), ("127.0.0.1", "127.0.0.2")],
    Conclusion: [*Conclusion],
    Awaited: [*Awaited],
    OutputFailure: [*OutputFailure],
    PeerEnd: [*PeerEnd],
    Place: [*Place],
    Status: [*Status],
}


@pytest.mark.parametrize("kind", EVENTS, ids=[kind.__name__ for kind in EVENTS])
def test_every_event_of_a_client_comes_back_from_json_as_it_was(kind: type[Event]) -> None:
    hints = typing.get_type_hints(kind)
    made = st.builds(kind, **{name: st.sampled_from(SOME_VALUES[hints[name]]) for name in hints})

    @quickly
    @given(made)
    def comes_back(event: Event) -> None:
        written = json.dumps(events_as_data([event]))
        assert events_from_data(json.loads(written), CLIENT.words) == [event]

    comes_back()


def test_every_step_has_a_word_in_a_case() -> None:
    steps = {Terminal, FromFile, Accept, Type, TypeUntilHeld, Answer, Say, EndInput}
    assert set(CLIENT.words.steps.values()) == steps
    assert set(CLIENT.words.faults.values()) == set(CLIENT_FAULTS)
    assert set(EVENTS) <= set(CLIENT.words.events.values())
