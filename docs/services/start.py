"""Start a server of the distribution in the foreground: `start.py NAME PORT FOLDER`.

What it is told in a file is written to FOLDER, which it may also keep its own files in. It listens
on 127.0.0.1, and lets many clients in, for the tester's come from few addresses.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

XINETD = """
service {name}
{{
    type        = {type} UNLISTED
    socket_type = stream
    protocol    = tcp
    wait        = no
    bind        = 127.0.0.1
    port        = {port}
    cps         = 1000 1
    {more}
}}
"""

NGINX = """
daemon off;
pid {folder}/pid;
error_log /dev/null;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server {{ listen 127.0.0.1:{port}; location / {{ return 200 "hello\\n"; }} }}
}}
"""

LIGHTTPD = """
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{folder}"
index-file.names = ("index.html")
"""

APACHE = """
ServerName localhost
ServerRoot {folder}
PidFile {folder}/pid
Mutex file:{folder}
ErrorLog /dev/null
Listen 127.0.0.1:{port}
LoadModule mpm_{mpm}_module /usr/lib/apache2/modules/mod_mpm_{mpm}.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
User nobody
Group nogroup
DocumentRoot {folder}
DirectoryIndex index.html
"""

H2O = """
hosts:
  default:
    listen: {{host: 127.0.0.1, port: {port}}}
    paths: {{/: {{file.dir: {folder}}}}}
pid-file: {folder}/pid
user: {user}
num-threads: 2
"""

HAPROXY = """
global
    maxconn 500
defaults
    mode http
    timeout client 60s
frontend all
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain string hello
"""

VSFTPD = """
listen=YES
listen_port={port}
listen_address=127.0.0.1
background=NO
anonymous_enable=YES
anon_root={folder}
secure_chroot_dir={folder}
seccomp_sandbox=NO
max_clients=0
max_per_ip=0
"""

NGIRCD = """
[Global]
Name = irc.example.net
Info = test
Listen = 127.0.0.1
Ports = {port}
ServerUID = 65534
ServerGID = 65534
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
[Options]
DNS = no
Ident = no
PAM = no
"""

DICTD = """
global {{
    listen_to 127.0.0.1
    port {port}
}}
access {{ allow * }}
database_exit
"""

MOSQUITTO = """
listener {port} 127.0.0.1
allow_anonymous true
user root
"""

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/key
PidFile none
MaxStartups 1000
UsePAM no
"""


class Setting:
    """Where a server is to listen, and where its files go."""

    def __init__(self, port: str, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def file(self, text: str, **more: str) -> str:
        """Write a file of settings; return its path."""
        path = self.folder / f"settings-{self.port}"
        path.write_text(text.format(port=self.port, folder=self.folder, **more))
        return str(path)


def _xinetd(at: Setting, name: str, program: str = "") -> list[str]:
    more = f"user = nobody\n    server = {program}" if program else ""
    kind = "" if program else "INTERNAL"
    text = at.file(XINETD, name=name, type=kind, more=more)
    return ["xinetd", "-dontfork", "-f", text]


def _apache(at: Setting, mpm: str) -> list[str]:
    return ["apache2", "-D", "FOREGROUND", "-f", at.file(APACHE, mpm=mpm)]


def _key(at: Setting, *words: str) -> str:
    path = at.folder / "key"
    if not path.exists():
        subprocess.run([*words, str(path)], check=True, capture_output=True)
    return str(path)


def _sshd(at: Setting) -> list[str]:
    Path("/run/sshd").mkdir(exist_ok=True)
    _key(at, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f")
    return ["/usr/sbin/sshd", "-D", "-e", "-f", at.file(SSHD)]


def _dropbear(at: Setting) -> list[str]:
    key = _key(at, "dropbearkey", "-t", "ed25519", "-f")
    return ["dropbear", "-F", "-E", "-r", key, "-p", f"127.0.0.1:{at.port}", "-P", ""]


def _postgres(at: Setting) -> list[str]:
    data = at.folder / "data"
    as_owner = []
    if os.geteuid() == 0:
        as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    if not data.exists():
        data.mkdir()
        if as_owner:
            subprocess.run(["chown", "postgres:", str(data)], check=True)
        words = [*as_owner, _postgres_program("initdb"), "-N", "-A", "trust", "-U", "postgres"]
        subprocess.run([*words, str(data)], check=True, capture_output=True)
        (data / "pg_hba.conf").write_text("host all all 127.0.0.0/8 trust\n")
    words = ["-D", str(data), "-p", at.port, "-h", "127.0.0.1", "-k", ""]
    words += ["-c", "max_connections=200", "-c", "fsync=off"]
    return [*as_owner, _postgres_program("postgres"), *words]


def _postgres_program(name: str) -> str:
    (*_, newest) = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(newest)


def _user() -> str:
    return "root" if os.geteuid() == 0 else str(os.geteuid())


INTERNAL = ("echo", "discard", "chargen", "daytime", "time")
"""The services of xinetd itself."""

SERVERS: dict[str, Callable[[Setting], list[str]]] = {
    "nginx": lambda at: ["nginx", "-c", at.file(NGINX)],
    "lighttpd": lambda at: ["lighttpd", "-D", "-f", at.file(LIGHTTPD)],
    "apache-prefork": lambda at: _apache(at, "prefork"),
    "apache-event": lambda at: _apache(at, "event"),
    "h2o": lambda at: ["h2o", "-c", at.file(H2O, user=_user())],
    "haproxy": lambda at: ["haproxy", "-db", "-f", at.file(HAPROXY)],
    "vsftpd": lambda at: ["vsftpd", at.file(VSFTPD)],
    "ngircd": lambda at: ["ngircd", "-n", "-f", at.file(NGIRCD)],
    "dictd": lambda at: ["dictd", "-d", "nodetach", "-c", at.file(DICTD)],
    "mosquitto": lambda at: ["mosquitto", "-c", at.file(MOSQUITTO)],
    "sshd": _sshd,
    "dropbear": _dropbear,
    "postgres": _postgres,
    "efingerd": lambda at: _xinetd(at, "finger", "/usr/sbin/efingerd"),
    "tinysshd": lambda at: _xinetd(at, "ssh", "/usr/sbin/tinysshd"),
    **{f"xinetd-{name}": partial(_xinetd, name=name) for name in INTERNAL},
}


def main() -> None:
    """Become the server."""
    name, port, folder = sys.argv[1:]
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
    at = Setting(port, Path(folder).resolve())
    if os.geteuid() == 0:
        # Servers that give up root must still get to their files.
        for path in (at.folder, at.folder.parent):
            path.chmod(path.stat().st_mode | 0o111)
    (at.folder / "index.html").write_text("hello\n")
    words = SERVERS[name](at)
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
