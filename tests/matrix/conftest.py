"""The clients that are not in the environment of the tests: they are installed into a folder that goes again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from programs import CLIENTS, found, missing

WRTC = "wrtc==0.1.0"
_NO_WHEEL = "No matching distribution found"


@pytest.fixture(scope="session")
def node_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript clients and the libraries of their lock file."""
    npm = found("npm", package="npm")
    folder = tmp_path_factory.mktemp("node")
    for path in (*CLIENTS.glob("*.mjs"), *CLIENTS.glob("package*.json")):
        shutil.copy(path, folder)
    # No install script is run: the native library comes ready-made in a package of its platform.
    flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run([npm, "ci", *flags], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        missing(f"npm cannot install the JavaScript clients: {done.stderr[-1000:]}")
    return folder


@pytest.fixture(scope="session")
def libwebrtc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Python package of libwebrtc."""
    folder = tmp_path_factory.mktemp("libwebrtc")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--target", str(folder), WRTC], capture_output=True, text=True, check=False
    )
    if _NO_WHEEL in done.stderr:
        pytest.skip(f"there is no wheel of {WRTC} for this Python on this platform")
    if done.returncode:
        missing(f"{WRTC} cannot be installed: {done.stderr[-1000:]}")
    return folder
