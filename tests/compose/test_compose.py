"""docker-compose.yml, run for real: built, brought up, called over the published ports, stopped.

``make test-compose`` runs this where an engine can be had; see engine.py, which starts one if need be.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from programs import HEARD, browser_client, missing, python_client, reported

ROOT = Path(__file__).parents[2]
PROJECT = "realtime-mock-test"
PORT = os.environ.get("PORT", "8080")
URL = f"http://127.0.0.1:{PORT}"
BUILD_S, WAIT_S = 600, 60

pytestmark = [pytest.mark.compose, pytest.mark.timeout(BUILD_S + 120)]


def _run(*command: str, timeout: float = WAIT_S) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=timeout)
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


def _compose() -> list[str]:
    """The command of Compose, the plugin or the program of old."""
    plugin = (
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0
    )
    return [*(["docker", "compose"] if plugin else ["docker-compose"]), "--project-name", PROJECT]


def _inspect(container: str) -> dict[str, Any]:
    (described,) = json.loads(_run("docker", "inspect", container))
    found: dict[str, Any] = described
    return found


def _answers() -> bool:
    """Whether there is an engine."""
    docker = shutil.which("docker")
    return (
        docker is not None
        and not subprocess.run([docker, "version"], capture_output=True, check=False).returncode
    )


@pytest.fixture(scope="module")
def engine() -> None:
    """An engine that answers; else the reason why there is none."""
    if reason := os.environ.get("REALTIME_MOCK_NO_ENGINE"):
        (missing if " are missing: " in reason else pytest.skip)(reason)
    if not _answers():
        missing("no container engine answers; `make test-compose` starts one where that is possible")


@pytest.fixture(scope="module")
def container(engine: None) -> Iterator[str]:
    """The id of the container that ``up`` made; ``down`` must end it, and remove everything of it."""
    compose = _compose()
    _run(*compose, "build", timeout=BUILD_S)
    _run(*compose, "up", "--detach")
    try:
        yield _run(*compose, "ps", "--quiet").strip()
    finally:
        _run(*compose, "stop", "--timeout", "20")
        states = _run("docker", "ps", "--all", "--filter", f"name={PROJECT}", "--format", "{{.Status}}")
        _run(*compose, "down", "--volumes")
    assert states.startswith("Exited (0)"), states


def test_it_becomes_healthy(container: str) -> None:
    """The health check of the image, read from the engine's own events."""
    created = _inspect(container)["Created"]
    events = ["docker", "events", "--since", created, "--filter", f"container={container}"]
    with subprocess.Popen(
        [*events, "--filter", "event=health_status", "--format", "{{.Status}}"],
        stdout=subprocess.PIPE,
        text=True,
    ) as watched:
        assert watched.stdout is not None
        first = watched.stdout.readline().strip()
        watched.terminate()
    assert first == "health_status: healthy"


def test_it_is_nobody_and_cannot_write(container: str) -> None:
    """Neither root, nor a writable root, nor a capability."""
    described = _inspect(container)
    program = "import os; print(os.getuid(), os.access('/', os.W_OK), os.access('/tmp', os.W_OK))"
    shown = _run("docker", "exec", container, "/opt/realtime-mock/bin/python", "-c", program)
    status = _run("docker", "exec", container, "cat", "/proc/1/status")
    capabilities = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Cap"))
    assert shown.strip() == "65534 False False"
    assert described["HostConfig"]["ReadonlyRootfs"] is True
    assert {name: int(value, 16) for name, value in capabilities.items()} == dict.fromkeys(capabilities, 0)


def test_the_image_is_small(container: str) -> None:
    """What it adds to the base; numpy's and FFmpeg's libraries are most of it."""
    image = _inspect(container)["Image"]
    (base,) = json.loads(_run("docker", "image", "inspect", os.environ.get("BASE", "python:3.12-slim")))
    (ours,) = json.loads(_run("docker", "image", "inspect", image))
    added = (ours["Size"] - base["Size"]) / 1e6
    assert 0 < added < 260


async def test_aiortc_calls_over_the_published_udp_port(container: str) -> None:
    """From the host, to the address that the answer names."""
    assert await reported(python_client("aiortc", URL)) == HEARD


async def test_aiortc_calls_over_the_published_tcp_port(container: str) -> None:
    """ICE over TCP, and nothing else."""
    assert await reported(python_client("aiortc", URL, "--tcp")) == HEARD


async def test_chromium_calls_over_the_published_udp_port(container: str) -> None:
    """A page on the host."""
    assert await reported(browser_client("chromium", URL)) == {**HEARD, "over": "udp"}


async def test_chromium_calls_over_the_published_tcp_port(container: str) -> None:
    """A page in a Chromium that may not use UDP."""
    assert await reported(browser_client("chromium", URL, "--tcp")) == {**HEARD, "over": "tcp"}


async def test_firefox_calls_the_hosts_own_address(container: str) -> None:
    """What HOST_ADDRESS is for: Firefox pairs no address of its own with 127.0.0.1."""
    if "HOST_ADDRESS" not in os.environ:
        pytest.skip("HOST_ADDRESS names no address of this host that a page can reach")
    assert await reported(browser_client("firefox", URL)) == {**HEARD, "over": "udp"}
