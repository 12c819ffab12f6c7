"""A judge that crashes on a history is not a judge that is in doubt."""

import pytest

from properties.model.verdict import Verdict


@pytest.fixture(autouse=True)
def crashes_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test fail whose judge raises an exception, which would be inconclusive otherwise."""
    real = Verdict.inconclusive

    def inconclusive(reason: str) -> Verdict:
        assert not reason.startswith("the invariant crashed"), reason
        return real(reason)

    monkeypatch.setattr(Verdict, "inconclusive", inconclusive)
