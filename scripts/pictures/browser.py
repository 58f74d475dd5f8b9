"""A headless Chromium, driven through the DevTools protocol."""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from websocket import create_connection

BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
START_SECONDS, ANSWER_SECONDS, STEP_SECONDS = 30, 60, 0.2
# For how long nothing may change before a page is taken for complete.
STILL_SECONDS = 1.5
PHONE_WIDTH = 600
# How much of the page there is, and whether something is still being loaded.
STATE = """(() => [
    document.readyState !== "complete" || document.fonts.status !== "loaded"
    || [...document.images].some(image => !image.complete)
    || !!document.querySelector(".o_loading_indicator, .o_blockUI"),
    document.documentElement.outerHTML.length
])()"""


class BrowserError(Exception):
    """What the browser refused, or did not do in time."""


class Browser:
    """A browser with one page, closed at the end of the block."""

    def __init__(self):
        self._folder = tempfile.mkdtemp(prefix="pictures-")
        self._process = self._start()
        try:
            self._socket = create_connection(
                self._find_page(), timeout=ANSWER_SECONDS, suppress_origin=True
            )
        except BaseException:
            self._stop()
            raise
        self._last = 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        with contextlib.suppress(OSError):
            self._socket.close()
        self._stop()

    def _start(self):
        program = next(filter(None, map(shutil.which, BROWSERS)), None)
        if not program:
            raise BrowserError("There is no Chromium on this machine")
        options = [
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._folder}",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            *(["--no-sandbox"] if os.getuid() == 0 else []),
        ]
        return subprocess.Popen(
            [program, *options, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _stop(self):
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(ANSWER_SECONDS)
        self._process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find_page(self):
        """Return the address of the page, once the browser listens."""
        told = Path(self._folder, "DevToolsActivePort")
        for _turn in _until(START_SECONDS, "The browser did not start"):
            if self._process.poll() is not None:
                raise BrowserError("The browser ended at once")
            lines = told.read_text().split() if told.exists() else []
            if lines:
                with urlopen(f"http://127.0.0.1:{lines[0]}/json/list") as answer:
                    pages = [p for p in json.load(answer) if p["type"] == "page"]
                if pages:
                    return pages[0]["webSocketDebuggerUrl"]

    # --------------------------------------------------------------------- protocol

    def call(self, method, **params):
        """Call a method of the protocol; return its result."""
        self._last += 1
        request = {"id": self._last, "method": method, "params": params}
        self._socket.send(json.dumps(request))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == self._last:
                break
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, script):
        """Return the value of a script in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return found["result"].get("value")

    # ------------------------------------------------------------------------ steps

    def resize(self, width, height):
        """Set the window; a narrow one is a phone's."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < PHONE_WIDTH,
        )

    def set_session(self, address, session):
        """Let the browser be logged in by the id of a session; "": be nobody."""
        self.call("Network.clearBrowserCookies")
        if not session:
            return
        self.call("Network.setCookie", url=address, name="session_id", value=session)

    def open(self, url, shown):
        """Open a page and wait until it shows a selector and is complete."""
        self.call("Page.navigate", url=url)
        self.wait_for(shown)

    def wait_for(self, selector):
        """Wait until a selector is shown and nothing changes any more."""
        script = f"!!document.querySelector({json.dumps(selector)})"
        for _turn in _until(ANSWER_SECONDS, f"Nothing matches {selector}"):
            if self.evaluate(script):
                break
        last, since = None, time.monotonic()
        for _turn in _until(ANSWER_SECONDS, "The page goes on changing"):
            loading, size = state = self.evaluate(STATE)
            if loading or state != last:
                last, since = [False, size], time.monotonic()
            elif time.monotonic() - since > STILL_SECONDS:
                return

    def click(self, selector):
        """Click on what a selector matches, and wait for what it changes."""
        self.wait_for(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        self.wait_for("body")

    def save(self, path):
        """Write a picture of the window to a PNG file."""
        self.evaluate("document.activeElement.blur()")
        data = self.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        path.write_bytes(base64.b64decode(data["data"]))


def _until(seconds, complaint):
    """Yield at each step until a time is over, then complain."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(STEP_SECONDS)
    raise BrowserError(complaint)
