"""The points of the sweep: what is counted, and that a correct server passes all of them."""

from dataclasses import replace

from faults.fault import Status
from faults.gate.lawful_errors import About, CallErrno
from faults.server.exchange import Caller, CallKey
from faults.server.failed_calls import FailCall
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.rehearsal.points import BYSTANDER, points_of, swept
from tests.compiled import compiled as compile_program
from tests.properties.server_runs import PATIENCE, PROGRAMS

RULES = Rules(patience=PATIENCE)


def target(folder: str, name: str, *options: str) -> Target:
    source = PROGRAMS.parent / folder / f"{name}.c"
    return Target.server(f"{compile_program(source, ('cc', '-O1', '-pthread', *options))} {{port}}")


def test_the_calls_of_listener_and_worker_are_counted_by_what_they_are_about() -> None:
    counted = dict(points_of(target("variants", "sa_restart"), RULES).counted)
    assert counted[CallKey(Caller.WORKER, "read", About.CONNECTION)] == 2
    assert counted[CallKey(Caller.LISTENER, "clone", About.NEW)] == 1
    assert CallKey(Caller.LISTENER, "read", About.CONNECTION) not in counted


def test_the_points_are_the_same_each_time() -> None:
    asked = target("servers", "maps_unchecked", "-DFIXED")
    assert swept(points_of(asked, RULES)) == swept(points_of(asked, RULES))


def test_what_a_plain_exchange_violates_is_told() -> None:
    points = points_of(target("mutants", "reap_none"), RULES)
    assert points.violated == ("no_zombies",)


def test_a_server_that_was_right_to_end_is_replaced() -> None:
    harness = ServerHarness(target("mutants", "getpeername_fatal"), RULES)
    error, about = CallErrno.ENOBUFS, About.CONNECTION
    for_good = FailCall(2, Caller.LISTENER, "getpeername", about, 1, error, True, 3)
    once = (*BYSTANDER, Inject(replace(for_good, for_good=False)))
    try:
        assert harness.run_trial((*BYSTANDER, Inject(for_good))).is_healthy
        assert harness.run_trial(once).workload == once
    finally:
        harness.close()


def test_a_correct_server_passes_every_point() -> None:
    asked = target("servers", "maps_unchecked", "-DFIXED")
    harness = ServerHarness(asked, RULES)
    try:
        for choice in swept(points_of(asked, RULES)).sweep:
            trial = harness.run_trial(choice.workload)
            assert trial.is_healthy, choice.value
            assert trial.fault_status()[0] is Status.FIRED
    finally:
        harness.close()
