"""On what it ran, without saying whose machine it is; and whether anything else ran."""

from __future__ import annotations

import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

IDLE = 0.9
WAIT_S = 30.0


def description() -> dict[str, Any]:
    """Processor, cores, memory, system: no host name."""
    cores = psutil.cpu_count() or 1
    return {
        "processor": _processor(),
        "cores": cores,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def versions() -> dict[str, str]:
    """Of what our own server is made of."""
    return {name: metadata.version(name) for name in ("realtime-mock", "aiohttp", "aiortc", "aioice", "av")}


def wait_for_quiet() -> float:
    """Wait, half a minute at most, for a second with nine tenths idle; the share that was."""
    deadline = time.monotonic() + WAIT_S
    while True:
        idle = psutil.cpu_times_percent(interval=1.0).idle / 100
        if idle >= IDLE or time.monotonic() > deadline:
            return round(idle, 2)
