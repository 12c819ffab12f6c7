"""The figures of `docs/trust.json`: each benchmark writes its own section, the page shows them."""

import datetime
import json
import os
import platform
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "trust.json"


def figures(file: Path = FILE) -> dict[str, Any]:
    """Return all figures, by section."""
    if not file.exists():
        return {}
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def record(section: str, found: dict[str, Any], file: Path = FILE) -> None:
    """Write the figures of a section, with the machine and the day."""
    made = {**found, "machine": machine(), "date": str(datetime.datetime.now(datetime.UTC).date())}
    every = {**figures(file), section: made}
    text = json.dumps(dict(sorted(every.items())), indent=1, ensure_ascii=False)
    file.write_text(f"{text}\n", encoding="utf-8")


def machine() -> str:
    """Describe this machine in a few words."""
    cores = len(os.sched_getaffinity(0))
    kernel = ".".join(platform.release().split(".")[:2]).split("-")[0]
    return (
        f"{cores} core{'s' if cores > 1 else ''}, {platform.machine()}, {platform.system()} "
        f"{kernel}, Python {platform.python_version()}"
    )
