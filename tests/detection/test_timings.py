"""The seconds beside the detection tables: what is kept, and what a row and the page say of it."""

from pathlib import Path

from tests.detection.timings import Timings, load_timings, save_timings, spread


def test_a_row_says_for_each_manner_how_long_it_took() -> None:
    made = Timings({"plain": {"reap_once": 0.9}, "alarm": {"reap_once": None}})
    assert made.cells_of("reap_once") == ("0.9", "missed", "")


def test_what_is_measured_again_replaces_what_was_there_and_leaves_the_rest() -> None:
    made = Timings({"plain": {"reap_once": 0.9, "reap_never": 0.5}})
    made.note("plain", {"reap_once": 1.26})
    assert made.by_manner == {"plain": {"reap_once": 1.3, "reap_never": 0.5}}


def test_the_page_counts_only_its_own_mutants_and_those_that_were_found() -> None:
    made = Timings({"plain": {"reap_once": 1.0, "reap_never": None, "client-late": 9.0}})
    (line,) = made.spreads(["reap_once", "reap_never"])
    assert line == ("plain", "1 of 2", "1.0 s", "1.0 s", "1.0 s")


def test_ninety_percent_are_within_the_slowest_that_is_not_of_the_last_tenth() -> None:
    assert spread(float(second) for second in range(1, 11)) == (5.5, 9.0, 10.0)


def test_what_is_saved_is_loaded_and_nothing_is_there_at_first(tmp_path: Path) -> None:
    file = tmp_path / "times.json"
    assert load_timings(file) == Timings()
    save_timings(Timings({"waking": {"reap_once": None}}), file)
    assert load_timings(file).by_manner == {"waking": {"reap_once": None}}
