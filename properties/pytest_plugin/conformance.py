"""The suite as a project's own tests: `conformance_tests` and the fixture `anechoic_check`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Unpack, cast

import pytest

from properties.model.harness import Harness
from properties.model.target_spec import Target
from properties.model.verdict import Outcome
from properties.pytest_plugin.weak import record_weak
from properties.reports import text
from properties.reports.result import Result, check
from properties.roles import harness_for
from properties.running.division.shard import Shard
from properties.running.keywords import Keywords, settings_from
from properties.running.option_list import Options, options_in
from properties.running.plan import plan
from properties.running.process_lifetime import die_with_parent
from properties.running.run import Run
from properties.running.runner import run_part
from properties.running.settings import Settings, level_of
from target.foreign_text import harmless

PLAN = "anechoic_settings"
"""The attribute of a test that `conformance_tests` has made: what it was made of."""

APPLYING = ("max_examples", "no_sweep", "patience", "max_connections", "max_rate", "level")
"""The options of pytest that apply to the fixture, where they are given; the seed does always."""


def conformance_tests(target: Target | str, **keywords: Unpack[Keywords]) -> Callable[..., None]:
    """Return a parametrised pytest test of a target: one test for each part of a run.

    Assign it to a name that pytest collects: `test_mine = conformance_tests("./mine {port}")`.
    With `-n` of pytest-xdist the workers share the parts. The keywords are those of `check`, but
    for `listeners`; without a `seed` or a `level` those of `--anechoic-seed` and `--anechoic-level`
    apply. A violation that is weaker than the level fails no test: pytest shows it at the end.
    Nothing is started before the tests run. Raises UsageError.
    """
    checked = settings_from(target, **keywords)
    names = [part.id for part in plan(checked)]
    harnesses: list[Harness] = []

    def harness_of(config: pytest.Config) -> Harness:
        if not harnesses:
            if hasattr(config, "workerinput"):
                die_with_parent()
            judging = checked.role.invariants
            harnesses.append(harness_for(checked.target, checked.rules, judging))
            config.add_cleanup(harnesses[0].close)
        return harnesses[0]

    @pytest.mark.parametrize("anechoic_part", names)
    def test_conforms(anechoic_part: str, request: pytest.FixtureRequest) -> None:
        settings = _with_options(checked, keywords, request.config)
        _judge(settings, anechoic_part, harness_of(request.config), request.node)

    vars(test_conforms)[PLAN] = checked
    return test_conforms


def in_shard(item: pytest.Item, shard: Shard) -> bool:
    """Return whether a test belongs to this shard: one that is no part of a plan always does."""
    settings = getattr(getattr(item, "function", None), PLAN, None)
    if settings is None:
        return True
    parts = plan(replace(settings, shard=shard))
    return item.callspec.params["anechoic_part"] in {part.id for part in parts}  # type: ignore[attr-defined]


def _with_options(settings: Settings, keywords: Keywords, config: pytest.Config) -> Settings:
    """Return settings with what the options of pytest say and the keywords do not."""
    options = options_in(config.option)
    if keywords.get("seed") is None:
        settings = replace(settings, seed=options.seed or 0)
    return settings if "level" in keywords else replace(settings, level=level_of(options.level))


def _judge(settings: Settings, name: str, harness: Harness, node: pytest.Item) -> None:
    """Run a part; fail with its report where an invariant was violated or inconclusive."""
    part = next(part for part in plan(settings) if part.id == name)
    run = Run(settings, (part,))
    run.add(run_part(part, settings, harness))
    run.keep_cases()
    found = list(run.findings.values())
    record_weak(node, found, run.level)
    names = [name for findings in found for name in findings.failed(run.level)]
    lines = list(text.failures_of(run, names))
    lines += [
        harmless(f"inconclusive: {', '.join(where)}: {reason}")
        for reason, where in text.reasons_of(run, Outcome.INCONCLUSIVE).items()
    ]
    if lines:
        pytest.fail("\n".join(lines).strip(), pytrace=False)


def checking_with(node: pytest.Item) -> Callable[..., Result]:
    """Return `check` with the options of this test's run of pytest; it raises for violations."""
    config, options = node.config, options_in(node.config.option)
    given = {
        name: value
        for name in APPLYING
        if (value := getattr(options, name)) != getattr(Options, name)
    }
    if config.option.anechoic_seed_was_given:
        given["seed"] = options.seed

    def anechoic_check(target: Target | str, **keywords: Unpack[Keywords]) -> Result:
        applying = {"seed": options.seed, **keywords, **given}
        result = check(target, **cast(Keywords, applying))
        record_weak(node, result.run.findings.values(), result.run.level)
        result.raise_for_violations()
        return result

    return anechoic_check
