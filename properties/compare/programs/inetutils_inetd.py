"""Start GNU inetd in the foreground with one service: an internal one, or a program.

`inetutils_inetd.py HOST PORT|NAME [PROGRAM WORD ...]`
"""

import os
import pwd
import sys


def main() -> None:
    host, port, *program = sys.argv[1:]
    # An internal service is known by its name alone, and the name is also the port: echo is 7.
    service = "echo" if port == "7" else port
    server = " ".join([program[0], *program]) if program else "internal"
    user = pwd.getpwuid(os.getuid()).pw_name
    line = f"{host}:{service} stream tcp nowait {user} {server}\n"
    # It needs a file name; a memfd has one for as long as it is open, and no file is left.
    configuration = os.memfd_create("inetd.conf", 0)
    os.write(configuration, line.encode())
    # -d keeps it in the foreground; -p without a name keeps it from writing /run/inetd.pid.
    command = ["inetutils-inetd", "-d", "-p", f"/proc/self/fd/{configuration}"]
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
