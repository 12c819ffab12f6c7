"""The modules that decide about a target, and the tests that specify each."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.judges.imports import ROOT

SERVER = "tests/properties/server/invariants"
CLIENT = "tests/properties/client/invariants"
MODEL = "tests/properties/model"
JUDGED_SERVICES = "tests/properties/services/test_judging_services.py"
LIMITS = tuple(f"tests/properties/server/limits/test_{name}.py" for name in ("crowds", "why_lost"))


@dataclass(frozen=True)
class Judge:
    """A module, and its tests: its own first, so that most mutants end soon."""

    path: str
    tests: tuple[str, ...]


def _invariants(role: str, folder: str, registry: str, *more: str) -> tuple[Judge, ...]:
    """Return the invariants of a role, each with its own tests, then the registry's."""
    inside = ROOT / "properties" / role / "invariants"
    names = sorted(path.stem for path in inside.glob("*.py") if path.stem != "__init__")
    return tuple(
        Judge(
            f"properties/{role}/invariants/{name}.py",
            (
                *([] if name == "registry" else [f"{folder}/test_{name}.py"]),
                f"{folder}/{registry}",
                *more,
            ),
        )
        for name in names
    )


JUDGES: tuple[Judge, ...] = (
    *_invariants("server", SERVER, "test_registry.py", JUDGED_SERVICES),
    *_invariants("client", CLIENT, "test_client_registry.py", CLIENT),
    Judge("properties/model/verdict.py", (f"{MODEL}/test_verdict.py", MODEL, SERVER, CLIENT)),
    Judge("properties/model/judging.py", (f"{SERVER}/test_no_spin.py", SERVER, CLIENT)),
    Judge("properties/model/levels.py", (f"{MODEL}/test_levels.py", MODEL)),
    Judge(
        "properties/model/end_reports.py",
        (f"{MODEL}/test_end_reports.py", "tests/properties/client/test_summary.py", CLIENT),
    ),
    Judge("properties/model/last_words.py", (f"{MODEL}/test_last_words.py", SERVER)),
    Judge(
        "properties/server/connection_records.py",
        (
            "tests/properties/server/test_connection_records.py",
            JUDGED_SERVICES,
            f"{SERVER}/test_exact_echo.py",
            SERVER,
            "tests/properties/server/limits",
            "tests/properties/server/test_histories.py",
        ),
    ),
    Judge(
        "properties/server/disturbances.py",
        (f"{SERVER}/test_isolation.py", SERVER, "tests/properties/server/test_histories.py"),
    ),
    Judge("properties/server/growth.py", ("tests/properties/server/test_growth.py", SERVER)),
    Judge(
        "properties/server/limits/client_limit.py",
        (*LIMITS, SERVER),
    ),
    Judge(
        "properties/server/limits/crowds.py",
        (*LIMITS, SERVER),
    ),
    Judge(
        "properties/client/summary.py",
        (
            "tests/properties/client/test_summary.py",
            "tests/properties/client/test_client_histories.py",
            CLIENT,
        ),
    ),
    Judge("properties/client/endings.py", ("tests/properties/client/test_endings.py", CLIENT)),
    Judge("properties/engine/stillness.py", ("tests/properties/engine/test_stillness.py",)),
    Judge(
        "properties/engine/waiting.py",
        tuple(
            f"tests/properties/engine/test_{name}.py"
            for name in ("conclusions", "waiting", "on_its_way")
        ),
    ),
    Judge(
        "properties/engine/spinning.py",
        ("tests/properties/engine/test_spinning.py", "tests/properties/engine/test_rest.py"),
    ),
    Judge(
        "target/resting.py",
        ("tests/target/test_resting.py", "tests/target/test_restless.py"),
    ),
    Judge(
        "target/settled.py",
        ("tests/target/test_restless.py", "tests/target/test_settled.py"),
    ),
    Judge("target/waits.py", ("tests/target/test_waits.py",)),
)


def missing() -> list[str]:
    """Return the files of the table that do not exist."""
    named = {name for judge in JUDGES for name in (judge.path, *judge.tests)}
    return sorted(name for name in named if not Path(ROOT, name).exists())
