"""Run a command where a container engine can be had: ``python tests/compose/engine.py COMMAND...``

Where an engine answers already, that one is used, as it is. Elsewhere, as root, one is started in a network
namespace: a host of its own with an address of its own, so that this machine's firewall and interfaces stay as
they are. No image is pulled for it: the base image is made of Debian's packages and has the wheels that the build
needs. Where neither is possible the command runs without an engine, and is told why in ``NO_ENGINE``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
NO_ENGINE = "REALTIME_MOCK_NO_ENGINE"
TOOLS = {
    "dockerd": "docker.io",
    "docker-compose": "docker-compose",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "iptables": "iptables",
    "unshare": "util-linux",
}
HOST_ADDRESS = "10.77.0.1"  # of the host in the namespace; nothing outside can reach it
_WHEELS = "opt/wheels"
_START_S = 60.0


def reachable() -> bool:
    """Whether an engine answers."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


def impossible() -> str | None:
    """Why no engine can be started here; None where it can be tried."""
    missing = sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None})
    if missing:
        return f"no container engine answers, and to start one these are missing: {' '.join(missing)}"
    if os.geteuid() != 0:
        return "no container engine answers, and only root can start one"
    tried = subprocess.run(
        ["unshare", "--net", "--mount", "true"], capture_output=True, text=True, check=False
    )
    return f"namespaces are refused: {tried.stderr.strip()}" if tried.returncode else None


def make_base(root: Path) -> None:
    """A file system of Debian's packages with Python, and the wheels of this project beside it."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=python3-venv", "stable", str(root)],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    shutil.rmtree(root / "var/cache/apt")
    shutil.rmtree(root / "var/lib/apt/lists")
    version = subprocess.run(
        ["chroot", str(root), "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wheels = ["--only-binary", ":all:", "--python-version", version.stdout.strip()]
    place = ["--dest", str(root / _WHEELS), *wheels]
    subprocess.run([sys.executable, "-m", "pip", "download", "-qq", *place, *wanted], check=True)


@contextmanager
def engine(scratch: Path) -> Iterator[dict[str, str]]:
    """An engine of its own: what a client needs in its environment."""
    place = f"unix://{scratch}/engine.sock"
    arguments = [f"--data-root={scratch}/data", f"--exec-root={scratch}/exec", f"--pidfile={scratch}/pid"]
    with (scratch / "engine.log").open("w") as log:
        daemon = subprocess.Popen(["dockerd", f"--host={place}", *arguments], stdout=log, stderr=log)
        try:
            os.environ["DOCKER_HOST"] = place
            patience = time.monotonic() + _START_S
            while not reachable():
                if daemon.poll() is not None or time.monotonic() > patience:
                    raise RuntimeError((scratch / "engine.log").read_text()[-2000:])
                time.sleep(0.2)
            yield {"DOCKER_HOST": place}
        finally:
            daemon.terminate()
            daemon.wait(60)


def import_bases(root: Path) -> dict[str, str]:
    """The images to build on, one without and one with the wheels: the build's arguments."""
    changes = ["--change", "ENV PIP_NO_INDEX=1", "--change", f"ENV PIP_FIND_LINKS=/{_WHEELS}"]
    for name, excluded, options in (("base", [f"--exclude=./{_WHEELS}"], []), ("build-base", [], changes)):
        tar = subprocess.Popen(["tar", "-C", str(root), *excluded, "-c", "."], stdout=subprocess.PIPE)
        subprocess.run(
            ["docker", "import", *options, "-", f"realtime-mock-{name}"],
            stdin=tar.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return {"BASE": "realtime-mock-base", "BUILD_BASE": "realtime-mock-build-base"}


def become_a_host() -> None:
    """Give this network namespace a loopback interface, and another with an address and the default route."""
    for words in (
        "link set lo up",
        "link add lan0 type veth peer name lan1",
        f"address add {HOST_ADDRESS}/24 dev lan0",
        "link set lan0 up",
        "link set lan1 up",
        f"route add default via {HOST_ADDRESS}",
    ):
        subprocess.run(["ip", *words.split()], check=True)


def inside(scratch: Path, command: list[str]) -> int:
    """In the namespace: start the engine, and run the command with it."""
    become_a_host()
    try:
        with engine(scratch) as where:
            bases = import_bases(scratch / "root")
            environment = {**os.environ, **where, **bases, "HOST_ADDRESS": HOST_ADDRESS, "PUBLISH": "0.0.0.0"}
            return subprocess.run(command, env=environment, check=False).returncode
    except RuntimeError as problem:
        print(f"the engine did not start: {problem}", file=sys.stderr)
        return subprocess.run(
            command, env={**os.environ, NO_ENGINE: f"dockerd does not start here: {problem}"}, check=False
        ).returncode


def main(command: list[str]) -> int:
    """The program. Returns the command's exit code."""
    if not command:
        raise SystemExit(__doc__)
    if command[0] == "--inside":
        return inside(Path(command[1]), command[2:])
    if reachable():
        return subprocess.run(command, check=False).returncode
    if reason := impossible():
        return subprocess.run(command, env={**os.environ, NO_ENGINE: reason}, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="realtime-mock-") as scratch:
        make_base(Path(scratch) / "root")
        again = [sys.executable, __file__, "--inside", scratch, *command]
        return subprocess.run(["unshare", "--net", "--mount", *again], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
