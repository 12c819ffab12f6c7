"""Errors of a target that come before anything is judged: exit status 2."""

from target.foreign_text import harmless_lines

LAST_LINES = 8
"""Lines of the target's output that are shown when it is at fault."""

LONGEST_LINE = 120
"""Characters that are shown of each, the last ones."""


class ShownError(Exception):
    """An error whose message is shown to a user, on a terminal or in a file, wherever it is caught.

    What it quotes (a command, a server's output) acts on neither (`target.foreign_text`).
    """

    def __str__(self) -> str:
        return harmless_lines(super().__str__())


class TargetError(ShownError):
    """The target is at fault: not found, ended at once, never listened, refused.

    The message is one sentence for the user; `output` holds the target's last lines, if any.
    """

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output
        if output:
            # Shown with the traceback where the error is somebody's test that fails.
            self.add_note(harmless_lines(f"its last output:\n{output}"))

    def with_output(self) -> str:
        """Return the message, and below it the last lines of the target's output, if any."""
        lines = self.output.strip().splitlines()[-LAST_LINES:]
        shown = (one if len(one) <= LONGEST_LINE else f"... {one[-LONGEST_LINE:]}" for one in lines)
        output = ("its last output:", *(f"  {line}" for line in shown)) if lines else ()
        return "\n".join((str(self), *output))

    def __reduce__(self) -> tuple[type["TargetError"], tuple[str, str]]:
        return type(self), (str(self), self.output)


class NotStartedError(TargetError):
    """The command of the target could not be executed at all."""


class EndedError(TargetError):
    """The target ended before it listened."""


class GateError(TargetError):
    """The kernel, or the confinement of this process, allows no gate; the message says why."""


class NamespaceError(TargetError):
    """The target can have no namespace of its own, or not what it needs in it."""
