"""What is violated and does not fail a test, and the service, as properties of its report.

pytest writes the properties of a report into `--junitxml`, xdist carries them, and the plugin that
is loaded everywhere (`anechoic.plugin`) shows them at the end of a run.
"""

from collections.abc import Iterable

import pytest

from properties.model.levels import Level
from properties.search.findings import Findings
from properties.services.registry import ECHO
from target.foreign_text import harmless

PROPERTIES = {
    Level.SHOULD: "anechoic_warn",
    Level.MAY: "anechoic_note",
}
"""By level: the name of the property."""

SERVICE = "anechoic_service"
"""The property that names the service, where it is not echo."""


def record_weak(node: pytest.Item, found: Iterable[Findings], fails_from: Level) -> None:
    """Record the violations that are weaker than what fails a test."""
    for findings in found:
        for name, level in findings.violations().items():
            if level < fails_from:
                words = harmless(f"{findings.family} x {name}: {findings.cells[name].reason}")
                node.user_properties.append((PROPERTIES[level], words))


def record_service(node: pytest.Item, service: str) -> None:
    """Record what the target owes."""
    if service != ECHO:
        node.user_properties.append((SERVICE, harmless(service)))
