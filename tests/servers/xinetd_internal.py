"""Start xinetd in the foreground with one of its internal services: `xinetd_internal.py PORT NAME`.

Its configuration is in the environment, as in `properties/compare/programs/xinetd_echo.py`.
"""

import os
import sys

CONFIGURATION = """
service {name}
{{
    type        = INTERNAL UNLISTED
    socket_type = stream
    protocol    = tcp
    wait        = no
    bind        = 127.0.0.1
    port        = {port}
    cps         = 1000 1
}}
"""

if __name__ == "__main__":
    port, name = sys.argv[1:]
    environment = {"#": CONFIGURATION.format(name=name, port=port), **os.environ}
    environment["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    os.execvpe("xinetd", ["xinetd", "-dontfork", "-f", "/proc/self/environ"], environment)
