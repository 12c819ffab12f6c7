"""Lines at the bottom of a terminal that are drawn again and again, and leave nothing there."""

import io
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType
from rich.text import Text

from properties.reports.layout import NARROWEST, columns_of
from properties.reports.terminal import Terminal


class _Screen(Console):
    """A console whose cursor stays visible: a run that is killed could not show it again."""

    def show_cursor(self, show: bool = True) -> bool:
        """Leave the cursor as it is."""
        del show
        return False


class Drawing:
    """Lines that are drawn over the last ones, below the lines that stay.

    rich.live moves the cursor and wipes; what it would write goes out through the terminal.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._out = io.StringIO()
        self._screen = _Screen(
            file=self._out,
            force_terminal=True,
            force_interactive=True,
            force_jupyter=False,
            color_system="standard",
            legacy_windows=False,
            _environ={},
        )
        self._live: Live | None = None
        self._drawn: Sequence[str] = ()
        self._width = 0

    def has_room_for(self, lines: Sequence[str]) -> bool:
        """Return whether lines can be drawn as they are."""
        columns, rows = self._terminal.size
        return len(lines) < rows and columns >= NARROWEST

    def draw(self, lines: Iterable[str]) -> None:
        """Draw lines over those that were drawn last; what does not fit is cut."""
        self._fit()
        texts = [
            Text.from_ansi(self._terminal.clean(line), no_wrap=True, overflow="crop")
            for line in lines
        ]
        self._drawn = [text.plain for text in texts]
        if self._live is None:
            self._live = Live(
                console=self._screen,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
                vertical_overflow="crop",
            )
            self._live.start()
        self._live.update(Text("\n", no_wrap=True, overflow="crop").join(texts), refresh=True)
        self._flush()

    def clear(self) -> None:
        """Wipe what is drawn."""
        if self._live is not None:
            self._fit()
            self._live.update(Text())
            self._live.stop()
            self._live = None
            self._drawn = ()
            self._flush()

    def line(self, text: str) -> None:
        """Write a painted line that stays; what was drawn below it comes with the next drawing."""
        self.clear()
        self._terminal.painted(text)

    def _fit(self) -> None:
        """Follow the terminal's size; wipe the rows that a narrower one has broken lines into."""
        size = self._terminal.size
        broken = sum((columns_of(line) - 1) // size.columns for line in self._drawn if line)
        if broken and size.columns < self._width:
            wipe = Control((ControlType.ERASE_IN_LINE, 2))
            up = Control((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2))
            self._screen.control(wipe, *[up] * broken)
        self._width = size.columns
        self._screen.size = (size.columns, size.lines or 25)

    def _flush(self) -> None:
        self._terminal.write(self._out.getvalue())
        self._out.seek(0)
        self._out.truncate()
