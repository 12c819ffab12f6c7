"""A headless Chromium, driven over the WebDriver protocol (W3C) by chromedriver."""

import base64
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from target import ports
from tests.starting import interruptible

PROGRAMS = ("chromium", "chromedriver")
PATIENCE = 60.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name under which WebDriver hands out elements."""


def missing() -> str | None:
    """Say what is not installed, None when all is there."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    return f"{' and '.join(absent)} missing (Debian: chromium, chromium-driver)" if absent else None


class Browser:
    """One window of a browser."""

    def __init__(self, base: str) -> None:
        self._base = base
        options = {"args": ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options}}
        session = self._ask("POST", "", {"capabilities": wanted})
        self._base += f"/{session['sessionId']}"

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body or {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self._base}{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["value"]

    def open(self, url: str, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Open a page in a window of this size."""
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._devtools("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("POST", "/url", {"url": url})

    def _devtools(self, command: str, **parameters: Any) -> Any:
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def click(self, selector: str) -> None:
        """Click on the first element that a CSS selector finds."""
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        self._ask("POST", f"/element/{found[ELEMENT]}/click")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self._ask("POST", "/execute/sync", {"script": f"return {expression}", "args": []})

    def screenshot(self) -> bytes:
        """Return what the window shows, as PNG."""
        return base64.b64decode(self._ask("GET", "/screenshot"))

    def quit(self) -> None:
        """Close the window."""
        self._ask("DELETE", "")


@contextmanager
def browser() -> Iterator[Browser]:
    """Run a browser, and end it whatever happens."""
    reservation = ports.reserve("127.0.0.1")
    command = ["chromedriver", f"--port={reservation.port}"]
    with (
        interruptible(),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as driver,
    ):
        try:
            assert driver.stdout is not None
            for line in driver.stdout:
                if b"started successfully" in line:
                    break
            opened = Browser(f"http://127.0.0.1:{reservation.port}/session")
            try:
                yield opened
            finally:
                opened.quit()
        finally:
            driver.terminate()
            reservation.release()
