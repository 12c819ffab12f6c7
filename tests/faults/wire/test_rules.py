"""Which segments a rule acts on."""

import itertools
from dataclasses import replace

from faults.wire.rules import Action, Rule, RuleBook
from faults.wire.segments import Direction, Kind, Segment

IN, OUT = Direction.TO_TARGET, Direction.FROM_TARGET
FIN, ACK = 1, 16


def data(direction: Direction = IN, port: int = 4000, seq: int = 0) -> Segment:
    return Segment(0.0, direction, port, ACK, seq, 0, 0, length=1)


def fin(direction: Direction = IN, port: int = 4000) -> Segment:
    return Segment(0.0, direction, port, FIN | ACK, 0, 0, 0, length=0)


def acted_on(rule: Rule, *segments: Segment) -> list[bool]:
    book = RuleBook()
    book.add(rule)
    return [book.decide(segment) is not None for segment in segments]


def test_without_more_it_is_about_every_segment() -> None:
    assert acted_on(Rule(Action.LOSE), data(), data(OUT), fin()) == [True, True, True]


def test_a_direction_a_kind_and_a_port_narrow_it() -> None:
    about = (data(), data(OUT), fin(), data(port=5000))
    assert acted_on(Rule(Action.LOSE, IN), *about) == [True, False, True, True]
    assert acted_on(Rule(Action.LOSE, kinds=frozenset({Kind.FIN})), *about) == [
        *(False, False, True, False)
    ]
    assert acted_on(Rule(Action.LOSE, port=5000), *about) == [False, False, False, True]


def test_only_those_that_match_are_counted() -> None:
    second = Rule(Action.LOSE, IN, frozenset({Kind.DATA}), first=2, count=1)
    assert acted_on(second, data(), fin(), data(OUT), data(), data()) == [
        *(False, False, False, True, False)
    ]


def test_the_first_rule_that_acts_decides_and_the_others_count_too() -> None:
    book = RuleBook()
    first = book.add(Rule(Action.LOSE, count=1))
    second = book.add(Rule(Action.DOUBLE, first=2))
    entries = [book.decide(data()) for _ in range(2)]
    assert [entry.rule.action for entry in entries if entry] == [Action.LOSE, Action.DOUBLE]
    assert (book.hits(first), book.hits(second)) == (1, 1)


def test_a_rule_that_is_lifted_gives_back_what_it_held_once() -> None:
    book = RuleBook()
    number = book.add(Rule(Action.HOLD))
    entry = book.decide(data())
    assert entry is not None
    entry.held.append((data(), b"frame"))
    assert book.lift(number) == [(data(), b"frame")]
    assert book.lift(number) == []
    assert book.hits(number) == 0


def test_one_is_overtaken_by_the_next_of_its_way_alone() -> None:
    book = RuleBook()
    book.add(Rule(Action.OVERTAKEN, IN, count=1))
    entry = book.decide(data(seq=1))
    assert entry is not None
    entry.held.append((data(seq=1), b"first"))
    others = (data(OUT), data(port=5000))
    assert list(itertools.chain(*map(book.overtaken_by, others))) == []
    assert list(book.overtaken_by(data(seq=2))) == [(data(seq=1), b"first")]
    assert list(book.overtaken_by(data(seq=3))) == []


def test_what_was_sent_again_is_counted_besides() -> None:
    book = RuleBook()
    number = book.add(Rule(Action.LOSE))
    for again in (False, True, True):
        book.decide(replace(data(), again=again))
    assert (book.hits(number), book.hits_again(number)) == (3, 2)


def test_it_may_be_about_a_range_of_ports() -> None:
    rule = Rule(Action.LOSE, port=1024, last_port=1030)
    about = [data(port=port) for port in (1023, 1024, 1030, 1031)]
    assert acted_on(rule, *about) == [False, True, True, False]


def test_it_may_leave_out_what_closes_the_window() -> None:
    closing, opening = data(), replace(data(), window=1)
    assert acted_on(Rule(Action.LOSE, least_window=1), closing, opening) == [False, True]
