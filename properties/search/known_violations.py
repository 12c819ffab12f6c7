"""The violations that are known of a server, so that a run fails only for new ones.

A team that adopts anechoic for a server with defects writes them into a file once. Each entry
names an invariant, and may name the fault family and a part of the message. A violation that an
entry covers has the verdict `known`: it is shown, but it is not shrunk and does not fail the run. A
violation that no entry covers fails the run as usual, also in the same cell of the grid. An entry
that a complete run has looked for and not seen is out of date and fails the run too, unless the
entry says that the violation shows only `sometimes`.
"""

from dataclasses import dataclass, replace

from properties.model.trial import Trial
from properties.model.verdict import Outcome


@dataclass(frozen=True)
class KnownViolation:
    """One known violation. Without a `fault` it is known in all families, without a `message` all.

    `why` is shown beside it: a ticket, a reason.
    """

    invariant: str
    fault: str = ""
    message: str = ""
    why: str = ""
    sometimes: bool = False

    def covers(self, family: str, invariant: str, message: str) -> bool:
        """Return whether this entry covers a violation."""
        return (
            invariant == self.invariant
            and self.fault in ("", family)
            and _plain(self.message) in _plain(message)
        )

    def __str__(self) -> str:
        """Return the entry in words, which are unique in a file."""
        where = f"{self.fault} x {self.invariant}" if self.fault else self.invariant
        return f"{where}, {self.message!r}" if self.message else where


@dataclass(frozen=True)
class Baseline:
    """The known violations of one role in one file; `path` is empty where there is none."""

    path: str = ""
    known: tuple[KnownViolation, ...] = ()

    def covering(self, family: str, invariant: str, message: str) -> KnownViolation | None:
        """Return the first entry that covers a violation, None for a new one."""
        return next((one for one in self.known if one.covers(family, invariant, message)), None)

    def applied(self, tried: Trial, family: str) -> Trial:
        """Return the trial with the verdict `known` for its known violations."""
        verdicts = {
            name: replace(verdict, outcome=Outcome.KNOWN)
            if verdict.outcome is Outcome.FAIL and self.covering(family, name, verdict.reason)
            else verdict
            for name, verdict in tried.verdicts.items()
        }
        return replace(tried, verdicts=verdicts)


NOTHING_KNOWN = Baseline()


def _plain(words: str) -> str:
    """Return words with single spaces, to be compared: a report breaks lines."""
    return " ".join(words.split())
