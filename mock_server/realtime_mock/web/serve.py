"""Running the application on a port until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TextIO

from aiohttp import web

from realtime_mock.journal.record import Journal, Record
from realtime_mock.runtime.clock import Clock
from realtime_mock.runtime.emulator import Emulator
from realtime_mock.runtime.settings import Settings
from realtime_mock.web.app import create_app


@asynccontextmanager
async def running(
    settings: Settings, *, clock: Clock | None = None, journal: Journal | None = None
) -> AsyncIterator[tuple[str, Emulator]]:
    """A server while the block runs: its address, for example ``http://127.0.0.1:8080``, and its state.

    Raises OSError when the port is taken, ScenarioError when the scenario cannot be read.
    """
    emulator = Emulator(settings, clock=clock, journal=journal)
    runner = web.AppRunner(create_app(emulator), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        host, port = runner.addresses[0][:2]
        yield (f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"), emulator
    finally:
        await runner.cleanup()


async def serve(
    settings: Settings, *, journal_file: TextIO | None, announce: Callable[[str, Settings], None]
) -> None:
    """Serve until SIGINT or SIGTERM; then end every call and free everything."""

    def append(record: Record) -> None:
        print(record.as_json(), file=journal_file, flush=True)

    journal = Journal(append if journal_file else None)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(settings, journal=journal) as (url, _):
        announce(url, settings)
        await stop.wait()
