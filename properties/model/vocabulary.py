"""The names that saved cases of one role are written in: of steps, of faults, and of events."""

import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from faults.fault import Fault
from properties.model.events import Event
from properties.model.steps import Step


@dataclass(frozen=True)
class Vocabulary:
    """The names that cases of one role are written in, and what they stand for."""

    steps: dict[str, type[Step]]
    faults: dict[str, type[Fault[Any]]]
    events: dict[str, type[Event]]


def vocabulary(
    steps: dict[str, type[Step]], faults: Iterable[type[Fault[Any]]], *modules: types.ModuleType
) -> Vocabulary:
    """Return a vocabulary: the events are all those in these modules."""
    kinds = (kind for module in modules for kind in vars(module).values())
    events = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Event)]
    return Vocabulary(
        steps=steps,
        faults={fault.name: fault for fault in faults},
        events={kind.__name__: kind for kind in events if kind is not Event},
    )
