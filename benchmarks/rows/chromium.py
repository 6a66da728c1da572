"""Chromium: from the POST to the open data channel."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.bench import Bench
from benchmarks.contenders import key_for
from benchmarks.model import OURS, Claim, FailedError, Measure, MissingError, Row, Samples
from benchmarks.processes import Server
from benchmarks.scratch import HERE, PEERS

FLOOR = "itself"
FLAGS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 60_000


class _Quiet(SimpleHTTPRequestHandler):
    """A file server that writes no log."""

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def _page() -> Iterator[str]:
    """The address of page.html, on an origin of its own."""
    handler = partial(_Quiet, directory=str(HERE / "load"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/page.html"
        finally:
            server.shutdown()
            thread.join()


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    raise MissingError("no Chromium is installed")


def _in_browser(server: Server, key: str, count: int, *, itself: bool) -> list[float]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise MissingError("playwright is not installed (pip install -e '.[dev]')") from None
    task = {"url": f"{server.url}/v1/realtime/calls", "key": key, "count": count, "itself": itself}
    with sync_playwright() as playwright, _page() as address:
        browser = playwright.chromium.launch(executable_path=_chromium(), chromium_sandbox=False, args=FLAGS)
        try:
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.goto(address)
            times: list[float] = page.evaluate("task => measure(task)", task)
            return times
        except Error as error:
            raise FailedError(str(error).splitlines()[0]) from None
        finally:
            browser.close()


def _sample(bench: Bench, name: str) -> Samples:
    count = bench.size(20, 2)
    if name == FLOOR:
        with bench.program([sys.executable, str(PEERS / "bare.py")], name, pin=False) as server:
            return {"open": _in_browser(server, "unused", count, itself=True)}
    with bench.server(name, pin=False) as server:
        return {"open": _in_browser(server, key_for(server, name), count, itself=False)}


def _claims() -> tuple[Claim, ...]:
    beside = {"aiortc": 0.45, "wrtc": 1.0, FLOOR: 1.0}
    return tuple(
        Claim("open", limit, beside=name, statistic=statistic)
        for name, limit in beside.items()
        for statistic in ("p50", "p95")
    )


ROW = Row(
    name="chromium",
    title="Chromium: POST → data channel open",
    contenders={
        OURS: "the whole server: key, validation, session.created",
        "aiortc": "stock, echo",
        "wrtc": "libwebrtc from PyPI, echo",
        "libdatachannel": "from npm, echo",
        "werift": "from npm, echo",
        FLOOR: "the page's other end is the page itself; the POST gets a constant from bare aiohttp",
    },
    measures=(Measure("open", "POST → open", "ms", 1, p95=True),),
    claims=_claims(),
    sample=_sample,
)
