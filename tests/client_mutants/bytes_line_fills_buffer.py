# mistake: a line of MAXLINE bytes or more loses its newline (UNP 3.9, readline)
# invariant: exact_output
# fault: control
"""A client that leaves no room for the end of a line."""

from tests.client_mutants.unpcli import MAXLINE, Client, tcp_connect, write_all


class Buffer(Client):
    """Shows lines from a buffer."""

    column = 0

    def show(self, data: bytes) -> None:
        """Print an echo, without the newline that has no room in the buffer."""
        for line in _pieces(data):
            self.column += len(line)
            is_full = line.endswith(b"\n") and self.column >= MAXLINE
            write_all(line[:-1] if is_full else line)
            if line.endswith(b"\n"):
                self.column = 0


def _pieces(data: bytes) -> list[bytes]:
    """Return what is there of each line, with its newline."""
    *lines, rest = data.split(b"\n")
    return [*(line + b"\n" for line in lines), *([rest] if rest else [])]


Buffer(tcp_connect()).run()
