"""Claims of processes that shrink: each violation of a level is one process's."""

import multiprocessing
from collections.abc import Callable

from properties.model.levels import Level
from properties.search.claims import NOBODY_ELSE, Claim, SharedClaims

ZOMBIES = ("no_zombies", Level.MUST)


def elsewhere(work: Callable[[], object]) -> object:
    """Return what this returns in a fork."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe()
    process = fork.Process(target=lambda: theirs.send(work()))
    process.start()
    try:
        return ours.recv()
    finally:
        process.join()


def test_what_this_process_has_claimed_is_its_own_and_of_no_other() -> None:
    claims = SharedClaims()
    others = SharedClaims(claims.table)
    assert claims.take(*ZOMBIES)
    assert claims.take(*ZOMBIES)
    assert not elsewhere(lambda: others.take(*ZOMBIES))


def test_the_claim_of_a_process_that_has_ended_stays() -> None:
    claims = SharedClaims()
    assert elsewhere(lambda: claims.take(*ZOMBIES))
    assert not claims.is_free(*ZOMBIES)
    assert not claims.take(*ZOMBIES)


def test_another_level_is_another_claim() -> None:
    claims = SharedClaims()
    assert elsewhere(lambda: claims.take(*ZOMBIES))
    assert claims.take("no_zombies", Level.SHOULD)


def test_what_is_given_back_may_be_claimed_by_others() -> None:
    claims = SharedClaims()

    def take_and_give_back() -> None:
        assert claims.take(*ZOMBIES)
        claims.give_back(*ZOMBIES)

    elsewhere(take_and_give_back)
    elsewhere(lambda: claims.take("no_spin", Level.MUST))
    assert claims.take(*ZOMBIES)
    assert not claims.is_free("no_spin", Level.MUST)


def test_what_does_not_fail_each_time_is_searched_once_and_others_may_have_what_does() -> None:
    claims = SharedClaims()
    lucky, other = Claim(claims, *ZOMBIES), Claim(SharedClaims(claims.table), *ZOMBIES)
    assert lucky.take()
    assert not other.take()
    lucky.doubt()
    assert (other.is_searched_by_luck, lucky.is_searched_by_luck) == (True, False)
    assert other.take()
    lucky.settle(is_found=False)
    assert (other.is_searched_by_luck, lucky.take()) == (False, False)


def test_what_was_found_stays_claimed() -> None:
    claims = SharedClaims()
    found, other = Claim(claims, *ZOMBIES), Claim(SharedClaims(claims.table), *ZOMBIES)
    assert found.take()
    found.doubt()
    found.settle(is_found=True)
    assert not other.take()


def test_where_nobody_else_looks_all_is_free() -> None:
    assert NOBODY_ELSE.take(*ZOMBIES)
    assert NOBODY_ELSE.take(*ZOMBIES)
