"""The server and its clients as programs of their own, and what is missing on this machine to run them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from realtime_mock.scenario.library import fixtures

CLIENTS = Path(__file__).parent / "matrix" / "clients"
HELLO = fixtures("audio") / "hello.wav"
HEARD = {"first": "session.created", "transcript": "Hello from realtime-mock."}
"""What a client reports that was connected, greeted and heard."""

SERVE = (sys.executable, "-m", "realtime_mock.cli", "serve")
"""The command of the server."""

PATIENCE_S = 90


def missing(reason: str) -> NoReturn:
    """Skip the test because something is not installed; in CI that is a failure."""
    if os.environ.get("REALTIME_MOCK_REQUIRE_ALL"):
        pytest.fail(reason)
    pytest.skip(reason)


def found(*names: str, package: str) -> str:
    """The path of the first of these programs that is installed."""
    for name in names:
        if path := shutil.which(name):
            return path
    missing(f"no {names[0]} is installed (on Debian: apt-get install {package})")


def python_client(library: str, url: str, *flags: str) -> list[str]:
    """The command of a call with ``aiortc``, or with ``webrtc.aiortc``."""
    return [sys.executable, str(CLIENTS / "python.py"), library, url, str(HELLO), *flags]


def browser_client(browser: str, url: str, *flags: str) -> list[str]:
    """The command of a call from a page in ``chromium`` or ``firefox``."""
    names = {"chromium": ("chromium", "google-chrome"), "firefox": ("firefox-esr", "firefox")}[browser]
    found(*names, package=names[0])
    return [sys.executable, str(CLIENTS / "browser.py"), browser, url, str(HELLO), *flags]


@asynccontextmanager
async def serving(*flags: str, inside: Sequence[str] = ()) -> AsyncIterator[str]:
    """A server in a process of its own, started with ``inside`` before its command: its address."""
    server = await asyncio.create_subprocess_exec(*inside, *SERVE, *flags, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    try:
        async with asyncio.timeout(30):
            await server.stdout.readuntil(b"OPENAI_BASE_URL=")
            url = (await server.stdout.readline()).decode().strip()
        yield url.removesuffix("/v1")
    finally:
        server.terminate()
        await server.communicate()
    assert server.returncode == 0


async def reported(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> dict[str, str]:
    """Run a client to its end: the line of JSON that it prints."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        cwd=cwd,
    )
    try:
        async with asyncio.timeout(PATIENCE_S):
            out, err = await process.communicate()
    except TimeoutError:
        process.terminate()
        _, err = await process.communicate()
        pytest.fail(f"{command} did not end; it said: {err.decode()[-2000:]}")
    assert process.returncode == 0, f"{out.decode()}{err.decode()}"[-4000:]
    report: dict[str, str] = json.loads(out.decode().splitlines()[-1])
    return report
