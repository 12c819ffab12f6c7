"""What a wait concludes from what it sees, on looks written by hand and a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from unittest.mock import Mock

import pytest

from properties.engine import spinning, stillness, waiting
from properties.engine.parked import PARKED
from properties.engine.waiting import (
    FIRST_TURNS,
    SOON,
    SPINS,
    Quiescence,
    describe,
    has_not_arrived,
    in_flight,
    wait,
)
from properties.model.events import Conclusion
from target.pace import AFTER_ONE_IN_VAIN, TRIALS, Haste, Pace
from target.processes import Identity, Process, Thread
from target.resting import rested
from target.settled import Look
from target.sockets import Endpoint, TcpSocket, TcpState
from target.waits import Wait
from tests.properties.engine.test_stillness import FIRST, HELPER, PID, Clock, looks, woken

RUNNING = replace(FIRST, state="R", wait=None)
TIMED = replace(FIRST, wait=Wait("poll", timed=True))
PATIENCE = 10.0
TURN = 0.05
"""Seconds that the clock goes on with each turn."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (waiting, stillness, spinning):
        monkeypatch.setattr(module, "time", made)
    return made


class FakeHandle:
    """A target that is seen so, and whose first thread uses so much of a processor."""

    may_be_witnessed = False

    def __init__(self, seen: Look, clock: Clock, used: float = 0.0) -> None:
        self.seen, self.pace = seen, Pace()
        self._clock, self._used, self.takes = clock, used, 0.0
        self.unread = 0
        self.next: Look | None = None

    def look(self) -> Look:
        """Return what is seen, after a while."""
        self._clock.now += self.takes
        return self.seen

    def was_at_rest(self, seen: Look) -> bool:
        """Return whether a look, and the next, found every thread asleep."""
        return rested(seen, self.next or self.seen)

    def processor_times(self) -> dict[int, tuple[int, int]]:
        """Return how many nanoseconds the thread ran, and how often it waited."""
        return {PID: (int(self._clock.now * self._used * 1e9), 7)}

    def connections(self) -> tuple[TcpSocket, ...]:
        """Return one connection, of which so many bytes have not been read."""
        here, there = Endpoint("127.0.0.1", 7), Endpoint("127.0.0.1", 40000)
        return (TcpSocket(here, there, TcpState.ESTABLISHED, self.unread, 0, 1),)


@dataclass
class FakeLoop:
    """Moves nothing, unless told otherwise."""

    clock: Clock
    handle: FakeHandle | None
    patience: float = PATIENCE
    quiet: bool = True
    parked: bool = False
    asked_for_parked: int = 0
    evidence: str = "of the wait before"
    moves: list[bool] = field(default_factory=list)
    turns: int = 0
    noticed: list[Look] = field(default_factory=list)

    def notice(self, seen: Look) -> None:
        """Record a look."""
        self.noticed.append(seen)

    def turn(self, longest: float) -> bool:
        """Let time pass, none in a turn that no look follows; return whether bytes moved."""
        if longest in FIRST_TURNS:
            return False
        self.turns += 1
        self.clock.now += TURN if longest else 0.0
        return self.moves.pop(0) if self.moves else False

    def all_quiet(self) -> bool:
        """Return whether nothing is on its way."""
        return self.quiet

    def holds_parked_bytes(self) -> bool:
        """Return whether bytes are held back."""
        self.asked_for_parked += 1
        return self.parked


def never() -> bool:
    return False


def concluded(loop: FakeLoop, condition: Callable[[], bool] = never) -> tuple[Conclusion, float]:
    """Wait; return the conclusion, and after how many seconds it came."""
    began = loop.clock.now
    conclusion = wait(loop, condition)  # type: ignore[arg-type]
    return conclusion, loop.clock.now - began


def quiescence(loop: FakeLoop) -> Quiescence:
    return Quiescence(loop, "a question")  # type: ignore[arg-type]


def target(clock: Clock, *threads: Thread, used: float = 0.0) -> FakeHandle:
    return FakeHandle(looks(*threads), clock, used)


def test_what_holds_already_is_met_without_a_look(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST))
    assert concluded(loop, lambda: True) == (Conclusion.MET, 0.0)
    assert (loop.turns, loop.noticed, loop.evidence) == (1, [], "")


def test_a_settled_target_is_certain_at_the_second_look(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST))
    conclusion, seconds = concluded(loop)
    assert conclusion is Conclusion.SETTLED
    assert seconds == pytest.approx(TURN)
    assert len(loop.noticed) == 2
    assert loop.evidence == f"{PID} sleeps in accept"


def test_what_came_without_a_byte_just_before_the_target_settled_is_met(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST))
    # A turn at first, one between both looks, and the last one.
    assert concluded(loop, lambda: loop.turns == 3)[0] is Conclusion.MET
    assert len(loop.noticed) == 2
    assert loop.evidence == ""


def test_bytes_that_moved_let_the_looks_begin_anew(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST), moves=[False, True])
    assert concluded(loop)[0] is Conclusion.SETTLED
    assert len(loop.noticed) == 3


def test_what_came_just_before_the_target_settled_is_read_first(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST), moves=[False, False, True])
    assert concluded(loop, lambda: not loop.moves)[0] is Conclusion.MET


def test_the_longest_wait_that_was_met_is_learnt(clock: Clock) -> None:
    handle = target(clock, TIMED)
    loop = FakeLoop(clock, handle)
    began = clock.now
    assert concluded(loop, lambda: clock.now > began + 1)[0] is Conclusion.MET
    assert handle.pace.longest == pytest.approx(1.05)
    assert not handle.pace.in_vain


def test_while_something_is_on_its_way_nothing_is_settled(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST), quiet=False)
    conclusion, seconds = concluded(loop)
    assert conclusion is Conclusion.ASLEEP
    assert seconds == pytest.approx(PATIENCE, abs=2 * TURN)
    assert loop.evidence.startswith(f"{PID} sleeps in accept for 10.")


def test_parked_bytes_must_stand_still_for_a_while(clock: Clock) -> None:
    conclusion, seconds = concluded(FakeLoop(clock, target(clock, FIRST), parked=True))
    assert conclusion is Conclusion.SETTLED
    assert seconds == pytest.approx(PARKED + 2 * TURN, abs=1.5 * TURN)


def test_parked_bytes_are_not_looked_for_where_they_can_make_no_difference(clock: Clock) -> None:
    loop = FakeLoop(clock, target(clock, FIRST), quiet=False)
    quiet = quiescence(loop)
    assert [quiet.conclude() for _ in range(3)] == [None] * 3
    assert loop.asked_for_parked == 0
    loop.quiet = True
    quiet = quiescence(loop)
    assert quiet.conclude() is None
    assert loop.asked_for_parked == 0
    assert quiet.conclude() is Conclusion.SETTLED
    assert loop.asked_for_parked == 1


def test_a_target_that_sleeps_with_a_timeout_is_waited_for(clock: Clock) -> None:
    handle = target(clock, TIMED)
    conclusion, seconds = concluded(FakeLoop(clock, handle))
    assert conclusion is Conclusion.ASLEEP
    assert seconds == pytest.approx(PATIENCE, abs=2 * TURN)
    assert handle.pace.in_vain
    assert handle.pace.shortcuts == 0


def test_a_target_of_which_a_thread_runs_from_look_to_look_does_not_sleep(clock: Clock) -> None:
    handle = target(clock, TIMED)
    handle.next = looks(woken(FIRST, 1))
    assert concluded(FakeLoop(clock, handle))[0] is Conclusion.STARVED
    handle.next = looks(woken(TIMED, 1))
    assert concluded(FakeLoop(clock, handle))[0] is Conclusion.ASLEEP


def test_a_second_wait_of_the_same_trial_is_shorter_and_counted_so(clock: Clock) -> None:
    handle = target(clock, TIMED)
    handle.pace.in_vain = True
    conclusion, seconds = concluded(FakeLoop(clock, handle))
    assert conclusion is Conclusion.ASLEEP
    assert seconds == pytest.approx(AFTER_ONE_IN_VAIN, abs=2 * TURN)
    assert handle.pace.shortcuts == 1


def test_only_waits_that_lasted_make_those_of_other_trials_shorter(clock: Clock) -> None:
    handle, seconds = target(clock, TIMED), []
    for _ in range(TRIALS + 1):
        handle.pace.begin_trial()
        seconds.append(concluded(FakeLoop(clock, handle))[1])
        concluded(FakeLoop(clock, handle))
    assert handle.pace.lasted == set(range(1, TRIALS + 1))
    assert seconds == pytest.approx([PATIENCE] * TRIALS + [AFTER_ONE_IN_VAIN], abs=2 * TURN)


def test_a_wait_of_a_trial_that_fails_meanwhile_becomes_shorter(clock: Clock) -> None:
    handle, began = target(clock, TIMED), clock.now

    def fails_after_a_second() -> bool:
        handle.pace.in_vain = clock.now > began + 1.0
        return False

    conclusion, seconds = concluded(FakeLoop(clock, handle), fails_after_a_second)
    assert conclusion is Conclusion.ASLEEP
    assert seconds == pytest.approx(AFTER_ONE_IN_VAIN, abs=2 * TURN)


@pytest.mark.parametrize(("used", "conclusion"), [(0.6, Conclusion.BUSY), (0.4, None)])
def test_a_target_that_computes_is_busy_where_it_had_the_processor(
    clock: Clock, used: float, conclusion: Conclusion | None
) -> None:
    """A thread that sleeps now and then does not spin, and is waited for as long as any other."""
    handle = target(clock, RUNNING, used=used)
    quiet = quiescence(FakeLoop(clock, handle))
    clock.now += 2 * SOON
    quiet.conclude()
    clock.now += PATIENCE + 0.1
    quiet._spin_detector = None  # noqa: SLF001
    assert quiet.conclude() is conclusion
    if conclusion:
        assert quiet.evidence == "it used 6.1 s of processor time in 10.1 s"
        assert handle.pace.in_vain


def test_what_a_thread_has_used_that_began_in_the_wait_counts_as_well(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = target(clock, RUNNING)
    quiet = quiescence(FakeLoop(clock, handle))
    clock.now += 2 * SOON
    quiet.conclude()
    clock.now += PATIENCE
    times = {PID: (3_000_000_000, 7), PID + 1: (3_000_000_000, 7)}
    monkeypatch.setattr(handle, "processor_times", lambda: times)
    assert quiet.conclude() is Conclusion.BUSY
    assert quiet.evidence == "it used 6.0 s of processor time in 10.0 s"


def test_a_target_that_gets_no_processor_is_given_up_on_and_not_accused(clock: Clock) -> None:
    handle = target(clock, RUNNING)
    conclusion, seconds = concluded(FakeLoop(clock, handle))
    assert conclusion is Conclusion.STARVED
    assert seconds == pytest.approx(6 * PATIENCE, abs=2 * TURN)
    assert not handle.pace.in_vain
    assert not handle.pace.lasted


@pytest.mark.parametrize(("in_vain", "limit"), [(False, 2.0), (True, 1.0)])
def test_a_thread_that_never_sleeps_is_waited_for_no_longer(
    clock: Clock, limit: float, *, in_vain: bool
) -> None:
    handle = target(clock, RUNNING, used=1.0)
    handle.pace.in_vain = in_vain
    loop = FakeLoop(clock, handle)
    conclusion, seconds = concluded(loop)
    assert conclusion is Conclusion.BUSY
    assert limit < seconds < limit + 0.5
    assert loop.evidence.endswith("of processor time, never asleep")
    assert handle.pace.in_vain


def test_a_thread_that_never_sleeps_spins_also_where_it_gets_little_of_a_processor(
    clock: Clock,
) -> None:
    """What it has used since the wait began would not be enough by then."""
    handle = target(clock, RUNNING, used=0.198)
    loop = FakeLoop(clock, handle)
    conclusion, seconds = concluded(loop)
    assert conclusion is Conclusion.BUSY
    assert seconds == pytest.approx(PATIENCE + 0.4, abs=4 * TURN)
    assert loop.evidence == f"{PID} used 2 s of processor time, never asleep"


def test_in_a_wait_that_is_soon_over_no_processor_time_is_read(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, times = target(clock, TIMED), Mock(return_value={})
    monkeypatch.setattr(handle, "processor_times", times)
    quiet = quiescence(FakeLoop(clock, handle))
    clock.now += SOON / 2
    assert quiet.conclude() is None
    assert times.call_count == 0
    clock.now += SOON
    assert quiet.conclude() is None
    assert times.call_count == 1


def test_what_the_target_had_computed_before_the_wait_does_not_make_it_busy(clock: Clock) -> None:
    """However short the patience is: the wait has read the time of the processor by then."""
    handle = target(clock, RUNNING, used=0.1)
    quiet = quiescence(FakeLoop(clock, handle, patience=SOON / 2))
    clock.now += 0.6 * SOON
    assert quiet.conclude() is None


def test_a_thread_in_a_hurry_is_waited_for_less(clock: Clock) -> None:
    handle = target(clock, RUNNING, used=1.0)
    handle.pace.haste, handle.pace.longest = Haste.HURRIED, PATIENCE
    assert concluded(FakeLoop(clock, handle))[1] < SPINS


def test_a_target_that_cannot_be_looked_into_is_waited_for(clock: Clock) -> None:
    loop = FakeLoop(clock, None)
    conclusion, seconds = concluded(loop)
    assert conclusion is Conclusion.SILENT
    assert seconds == pytest.approx(PATIENCE, abs=2 * TURN)
    assert loop.evidence.startswith("nothing came for 10.")
    assert concluded(loop, lambda: True)[0] is Conclusion.MET


def test_helpers_that_only_wake_by_themselves_are_idle_and_the_evidence_says_so(
    clock: Clock,
) -> None:
    handle = target(clock, FIRST, HELPER)
    loop = FakeLoop(clock, handle)
    times = iter(range(1, 1000))

    def wakes() -> bool:
        handle.seen = looks(FIRST, woken(HELPER, next(times)))
        return False

    assert concluded(loop, wakes)[0] is Conclusion.IDLE
    assert loop.evidence.endswith(
        "; the threads that wake by themselves have done so and nothing came of it"
    )


def test_no_look_is_made_before_the_first_short_turns(clock: Clock) -> None:
    quiet = quiescence(FakeLoop(clock, target(clock, TIMED)))
    turns = [quiet.next_turn()]
    while quiet.is_young:
        turns.append(quiet.next_turn())
    assert turns == [0.0002, 0.0004, 0.0008]


def test_turns_grow_and_a_look_that_takes_long_makes_a_long_one(clock: Clock) -> None:
    handle = target(clock, TIMED)
    quiet = quiescence(FakeLoop(clock, handle))
    while quiet.is_young:
        quiet.next_turn()
    turns = [quiet.next_turn()]
    for _ in range(6):
        quiet.conclude()
        turns.append(quiet.next_turn())
    assert turns == [0.001, 0.001, 0.002, 0.004, 0.008, 0.01, 0.01]
    handle.takes = 0.3
    quiet.conclude()
    assert quiet.next_turn() == pytest.approx(0.6)


def process(pid: int, state: str = "S") -> Process:
    return Process(Identity(pid, 1), 1, "server", state, 1)


def test_a_look_is_described_by_the_calls_of_each_process() -> None:
    reads = replace(FIRST, pid=2, tid=2, wait=Wait("read", timed=False))
    polls = replace(reads, tid=3, wait=Wait("poll", timed=True))
    again = replace(reads, tid=4)
    running = replace(reads, tid=5, wait=None)
    other = replace(FIRST, pid=7, tid=7)
    seen = Look((process(2), process(7), process(9, "Z")), (reads, polls, again, running, other))
    words = "2 sleeps in poll with a timeout, read; 7 sleeps in accept; 9 is a zombie"
    assert describe(seen) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "no process is left"),
        (4, "1 is a zombie; 2 is a zombie; 3 is a zombie; 4 is a zombie"),
        (5, "1 is a zombie; 2 is a zombie; 3 is a zombie; 2 more"),
    ],
)
def test_of_many_processes_a_few_are_described(count: int, words: str) -> None:
    assert describe(Look(tuple(process(pid, "Z") for pid in range(1, 1 + count)), ())) == words


@dataclass
class Ours:
    """Our end of a connection."""

    wants_to_read: bool = True
    awaits_the_end: bool = False
    written: int = 10
    kept: int = 0
    sent_and_open: int = 0
    acknowledged: int = 0

    def unread(self) -> int:
        """Return the bytes that we have not read."""
        return self.kept

    def unsent(self) -> int:
        """Return the bytes that are not acknowledged."""
        return self.sent_and_open

    def acknowledge(self) -> None:
        """Count this."""
        self.acknowledged += 1


@dataclass
class Theirs:
    """The target's end."""

    send_queue: int = 0
    receive_queue: int = 0
    received: int | None = 10


def is_in_flight(ours: Ours, theirs: Theirs | None) -> bool:
    return in_flight(ours, theirs)  # type: ignore[arg-type]


def test_where_all_has_come_nothing_is_in_flight() -> None:
    ours = Ours()
    assert not is_in_flight(ours, Theirs())
    assert ours.acknowledged == 0


def test_the_end_of_a_peer_that_is_gone_is_in_flight_until_it_is_read() -> None:
    assert is_in_flight(Ours(awaits_the_end=True), None)
    assert not is_in_flight(Ours(awaits_the_end=False), None)


def test_what_the_target_has_sent_is_in_flight_for_who_reads() -> None:
    ours = Ours()
    assert is_in_flight(ours, Theirs(send_queue=1))
    assert ours.acknowledged == 1
    assert not is_in_flight(Ours(wants_to_read=False), Theirs(send_queue=1))
    assert is_in_flight(Ours(kept=1), Theirs())
    assert not is_in_flight(Ours(wants_to_read=False, kept=1), Theirs())


def test_what_we_have_sent_is_in_flight_until_it_is_there_or_finds_no_room() -> None:
    assert is_in_flight(Ours(sent_and_open=1), Theirs(received=9))
    assert not is_in_flight(Ours(sent_and_open=1), Theirs(received=9, receive_queue=1))
    assert not is_in_flight(Ours(sent_and_open=1), Theirs(received=10))
    assert not is_in_flight(Ours(sent_and_open=0), Theirs(received=9))


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (Ours(sent_and_open=1), None, True),
        (Ours(sent_and_open=1), Theirs(received=None), True),
        (Ours(sent_and_open=1), Theirs(received=9), True),
        (Ours(sent_and_open=1), Theirs(received=10), False),
        (Ours(sent_and_open=0), None, False),
    ],
)
def test_what_is_not_acknowledged_has_arrived_where_the_target_has_counted_it(
    ours: Ours, theirs: Theirs | None, *, expected: bool
) -> None:
    assert has_not_arrived(ours, theirs) is expected  # type: ignore[arg-type]
