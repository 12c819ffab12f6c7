"""How a program is called that an interpreter runs."""

import pytest

from properties.gated.caller import script_of


@pytest.mark.parametrize(
    ("command", "script"),
    [
        ("python3 -P /srv/echo.py 7", "echo.py"),
        ("python3 -m http.server 80", "http.server"),
        ("python3 -Pm http.server 80", "http.server"),
        ("python3 -c CODE 7", ""),
        ("python3 -Ic CODE", ""),
        ("perl -e CODE", ""),
        ("perl -ne CODE", ""),
        ("perl -w /srv/echo.pl", "echo.pl"),
        ("bash -e /srv/echo.sh", "echo.sh"),
        ("bash -ec CODE", ""),
        ("node --inspect echo.js", "echo.js"),
        ("python3", ""),
    ],
)
def test_it_is_called_by_its_script_and_never_by_its_code(command: str, script: str) -> None:
    assert script_of(command.split()) == script
