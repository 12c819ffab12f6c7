"""Start xinetd in the foreground with one service: its own, internal echo."""

import os
import sys

CONFIGURATION = """
service echo
{{
    type        = INTERNAL UNLISTED
    socket_type = stream
    protocol    = tcp
    wait        = no
    bind        = {host}
    port        = {port}
}}
"""


def main() -> None:
    host, port = sys.argv[1:]
    # xinetd needs a file name and closes every inherited descriptor before it opens the file,
    # standard input too, so a memfd cannot hold the configuration. The environment can, and no file
    # is left: the kernel shows it at /proc/self/environ, first variable first. The
    # variable's name starts a comment, and xinetd stops reading at the NUL after its value.
    environment = {"#": CONFIGURATION.format(host=host, port=port), **os.environ}
    # This folder is only in root's PATH.
    environment["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    command = ["xinetd", "-dontfork", "-f", "/proc/self/environ"]
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main()
