"""The violations that are known of a server, so that a run fails only for new ones.

A team that adopts anechoic for a server with defects writes them into a file once. Each entry
names an invariant, and may name the fault family and a part of the message. A violation that an
entry covers has the verdict `known`: it is shown, but it is not shrunk and does not fail the run. A
violation that no entry covers fails the run as usual, also in the same cell of the grid; so does a
stronger one than the `level` of an entry that has one. An entry
that a complete run has looked for and not seen is out of date and fails the run too, unless the
entry says that the violation shows only `sometimes`.
"""

from dataclasses import dataclass, replace

from properties.model.levels import Level
from properties.model.trial import Trial
from properties.model.verdict import Outcome, Verdict


@dataclass(frozen=True)
class KnownViolation:
    """One known violation. Without a `fault` it is known in all families, without a `message` all.

    `level` is the strongest violation that it covers, None for any. `service` is the only one with
    which it is known, empty for any. `why` is shown beside it: a ticket, a reason.
    """

    invariant: str
    fault: str = ""
    message: str = ""
    why: str = ""
    sometimes: bool = False
    level: Level | None = None
    service: str = ""

    def covers(self, family: str, invariant: str, message: str, level: Level = Level.MUST) -> bool:
        """Return whether this entry covers a violation of this level."""
        return (
            invariant == self.invariant
            and level <= (self.level or level)
            and self.fault in ("", family)
            and _plain(self.message) in _plain(message)
        )

    def __str__(self) -> str:
        """Return the entry in words, which are unique in a file."""
        where = f"{self.fault} x {self.invariant}" if self.fault else self.invariant
        message = f", {self.message!r}" if self.message else ""
        level = f", {self.level.name} at most" if self.level else ""
        service = f", with {self.service}" if self.service else ""
        return f"{where}{message}{level}{service}"


@dataclass(frozen=True)
class Baseline:
    """The known violations of one role in one file; `path` is empty where there is none."""

    path: str = ""
    known: tuple[KnownViolation, ...] = ()

    def covering(
        self, family: str, invariant: str, message: str, level: Level = Level.MUST
    ) -> KnownViolation | None:
        """Return the first entry that covers a violation of this level, None for a new one."""
        found = (one for one in self.known if one.covers(family, invariant, message, level))
        return next(found, None)

    def _covers(self, family: str, invariant: str, verdict: Verdict) -> bool:
        found = self.covering(family, invariant, verdict.reason, verdict.level)
        return verdict.outcome is Outcome.FAIL and found is not None

    def applied(self, tried: Trial, family: str) -> Trial:
        """Return the trial with the verdict `known` for its known violations."""
        verdicts = {
            name: replace(verdict, outcome=Outcome.KNOWN)
            if self._covers(family, name, verdict)
            else verdict
            for name, verdict in tried.verdicts.items()
        }
        return replace(tried, verdicts=verdicts)


NOTHING_KNOWN = Baseline()


def _plain(words: str) -> str:
    """Return words with single spaces, to be compared: a report breaks lines."""
    return " ".join(words.split())
