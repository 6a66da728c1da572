"""The one place in benchmarks/ that touches a private thing of aioice, and only in the generator's process.

aioice looks at its checks every 20 ms, so a stock client's connect times are steps of 20 ms and hide
what the server does. The quick client looks every millisecond; nothing else of it differs, and it is the
same for all servers.
"""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

from aioice import ice

POLL_S = 0.02
"""aioice's: the interval of its check loop, a literal in ``Connection.connect``."""
QUICK_S = 0.001


class _QuickAsyncio(ModuleType):
    """asyncio, as aioice.ice sees it: the sleep of the check loop is shorter."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, delay: float) -> None:
        await asyncio.sleep(QUICK_S if delay == POLL_S else delay)


def look_often() -> None:
    """Make every ICE agent of this process look at its checks each millisecond. Not undone."""
    setattr(ice, "asyncio", _QuickAsyncio("asyncio"))  # noqa: B010 - the module does not export it
