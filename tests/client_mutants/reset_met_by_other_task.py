# mistake: one of two asyncio tasks uses up the error, and the other reads the end first (UNP 5.15)
# invariant: reports_reset
# fault: peer_reset
"""A client whose failed send() uses up the error, and tells its task of it one turn later."""

from tests.client_mutants.asyncio_talk import Conversation, run


class Hasty(Conversation):
    """A conversation whose end is decided on in the turn in which it is read."""

    async def let_the_other_run(self) -> None:
        """Let it not run."""


run(Hasty)
