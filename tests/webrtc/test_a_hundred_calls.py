"""After a hundred calls a server is as it was: no task, no socket, no thread, no call more."""

from __future__ import annotations

import asyncio
import gc
import threading

import psutil

from conftest import Serve, Server
from peers import PATIENCE_S, connected

CALLS = "/v1/realtime/calls"
CYCLES = 100


async def _one_call(server: Server, number: int) -> None:
    """Connect, hear session.created, and end: in turn by the client, over HTTP, or by the client's SCTP alone."""
    async with connected(server, CALLS, await server.mint("client_secrets")) as peer:
        await peer.until("session.created")
        (call,) = server.emulator.calls
        match number % 3:
            case 0:
                await peer.connection.close()
            case 1:
                assert (await server.post(f"{CALLS}/{call.id}/hangup")).status == 200
            case 2:
                await peer.connection.sctp.stop()
        assert call.peer is not None
        async with asyncio.timeout(PATIENCE_S):
            await call.peer.wait_closed()


def _open_now() -> dict[str, object]:
    """What the process holds."""
    gc.collect()
    process = psutil.Process()
    # The stock client encodes in the loop's default executor, which grows now and then, to a limit.
    encoders = sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())
    return {
        "tasks": sorted(task.get_coro().__qualname__ for task in asyncio.all_tasks()),  # type: ignore[union-attr]
        "fds": process.num_fds(),
        "threads": process.num_threads() - encoders,
    }


async def test_nothing_is_left(serve: Serve) -> None:
    """Client and server live in this process, so what either of them left would be seen."""
    server = await serve(era="ga")
    for number in range(3):
        await _one_call(server, number)
    before = _open_now()
    for number in range(CYCLES):
        await _one_call(server, number)
    assert _open_now() == before
    assert server.emulator.calls == ()
