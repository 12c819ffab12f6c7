"""Foreign text: what was not written here, such as a server's output, a command or a file's name.

All of it passes `harmless` before it reaches a terminal, Markdown, HTML or XML.
"""

BLANKS = {"\n": " ", "\t": " "}


def harmless(words: object) -> str:
    r"""Return words on one line, in which no character acts on what shows them.

    Line ends and tabs become blanks. What else is not printable (`str.isprintable`: controls, which
    terminals obey; format characters, which change the direction of writing or are not seen at all;
    halves of surrogate pairs, which cannot be encoded) is shown as an escape of Python, like \x1b.
    """
    text = str(words)
    return text if text.isprintable() else "".join(map(_shown, text))


def harmless_lines(words: object) -> str:
    """Return words of several lines, each harmless; a line ends at a line feed and nowhere else."""
    return "\n".join(map(harmless, str(words).split("\n")))


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return BLANKS.get(character) or character.encode("unicode_escape").decode("ascii")
