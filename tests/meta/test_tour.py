"""The tour of the SDK: its code runs as printed, prints what stands below it, and leaves no public name out.

Python blocks run one after the other in one namespace, with ``await`` at the top, as ``python -m asyncio``
takes it. A ``text`` block after one is its output. Console blocks are one command each and see a terminal. In
an output ``…`` stands for anything, spaces for any number of them.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import itertools
import json
import os
import pty
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import realtime_client
from conftest import Serve, Server
from realtime_mock.scenario.library import fixtures

ROOT = Path(__file__).parents[2]
TOUR = ROOT / "docs" / "tour.md"
README = ROOT / "client" / "README.md"
RUNNER = Path(__file__).with_name("tour_runner.py")
PATIENCE_S = 90
COMMANDS = {"realtime-client": ("-m", "realtime_client.cli"), "realtime-mock": ("-m", "realtime_mock.cli")}
"""The console scripts, as what they start: a checkout's tests do not depend on how it was installed."""


class Block(NamedTuple):
    """One fenced block; ``line`` is where its text begins, ``note`` the comment above it."""

    language: str
    text: str
    line: int
    note: str


def blocks() -> list[Block]:
    """Every fenced block of the tour."""
    page = TOUR.read_text(encoding="utf-8")
    fences = re.finditer(r"(?:^<!-- (.+) -->\n)?^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [
        Block(found[2], found[3], page.count("\n", 0, found.start(3)) + 1, found[1] or "") for found in fences
    ]


BLOCKS = blocks()


def fits(printed: str, expected: str) -> bool:
    """Whether an output is what the page promises."""
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in expected.split("…"))
    return re.fullmatch(pattern, " ".join(printed.split()), re.DOTALL) is not None


@pytest.mark.parametrize(
    ("printed", "expected", "verdict"),
    [
        ("  ✓ ICE   43 ms\n", "  ✓ ICE … ms\n", True),
        ("a\nb\n", "a\n", False),
        ("a\n", "", False),
        ("", "", True),
        ("a.c", "abc", False),
        ("one\ntwo\nthree\n", "one\n…\n", True),
    ],
)
def test_what_fits(printed: str, expected: str, verdict: bool) -> None:
    """Only the ellipsis is lenient, and white space."""
    assert fits(printed, expected) is verdict


@pytest.fixture
async def server(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A server, the two variables, and a folder with the sound files, which is the current one."""
    served = await serve(era="ga")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{served.url}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-anything")
    for sound in fixtures("audio").glob("*.wav"):
        shutil.copy(sound, tmp_path)
    monkeypatch.chdir(tmp_path)
    return served


async def run_python(blocks: list[Block]) -> list[str]:
    """Run blocks as they stand, in a process of their own; answers what each printed."""
    program = (sys.executable, "-W", "error", str(RUNNER))
    process = await asyncio.create_subprocess_exec(
        *program,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    job = json.dumps([str(TOUR), [(block.line, block.text) for block in blocks]])
    out, err = await process.communicate(job.encode())
    assert (process.returncode, err.decode()) == (0, "")
    return list(json.loads(out))


async def run_console(command: str) -> str:
    """Run one command with a terminal as its output; answers what it printed."""
    name, *arguments = shlex.split(command)
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *COMMANDS[name], *arguments),
        stdout=theirs,
        env={**os.environ, "COLUMNS": "110", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(theirs)
    said = asyncio.create_task(asyncio.to_thread(_read_all, ours))
    await process.wait()
    return await said


def _read_all(terminal: int) -> str:
    said = b""
    with contextlib.suppress(OSError), open(terminal, "rb", buffering=0) as file:  # EIO is a terminal's end
        while data := file.read(4096):
            said += data
    return said.decode().replace("\r\n", "\n")


async def test_python_runs_as_printed(server: Server) -> None:
    """Every Python block, in the order of the page, prints exactly the text block below it."""
    python = [place for place, block in enumerate(BLOCKS) if block.language == "python"]
    expected = [_output_below(place) for place in python]
    async with asyncio.timeout(PATIENCE_S):
        printed = await run_python([BLOCKS[place] for place in python])
    for place, said, promised in zip(python, printed, expected, strict=True):
        assert fits(said, promised), f"line {BLOCKS[place].line} prints:\n{said}"


def _output_below(place: int) -> str:
    below = BLOCKS[place + 1] if place + 1 < len(BLOCKS) else None
    return below.text if below is not None and below.language == "text" else ""


@pytest.mark.parametrize(
    "block",
    [block for block in BLOCKS if block.language == "console" and not block.note],
    ids=lambda block: f"line {block.line}",
)
async def test_commands_print_what_is_printed(server: Server, block: Block) -> None:
    """Every console block is one command and what it says."""
    command, expected = block.text.removeprefix("$ ").split("\n", 1)
    async with asyncio.timeout(PATIENCE_S):
        printed = await run_console(command)
    assert fits(printed, expected), printed


def test_every_block_is_accounted_for() -> None:
    """Python, its output, commands; the one that is not run says so."""
    assert {block.language for block in BLOCKS} == {"python", "text", "console"}
    assert [block.note for block in BLOCKS if block.note] == ["not run: it serves until it is stopped"]


@pytest.mark.parametrize("name", realtime_client.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    """It has a docstring of its own, and stands in the tour or in the client's README."""
    value = getattr(realtime_client, name)
    assert re.search(rf"\b{name}\b", TOUR.read_text(encoding="utf-8") + README.read_text(encoding="utf-8"))
    if inspect.isclass(value) or inspect.isfunction(value):
        docstring = value.__doc__ or ""
        assert not docstring.startswith(f"{name}("), "this is what dataclass() makes up"
    else:
        docstring = _docstring_below(name)
    assert docstring.strip() != ""


def _docstring_below(name: str) -> str:
    """The string below the assignment of a constant or an alias, wherever in the package it is made."""
    for path in sorted(Path(realtime_client.__file__).parent.rglob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for statement, below in itertools.pairwise(body):
            target = statement.target if isinstance(statement, ast.AnnAssign) else None
            match below:
                case ast.Expr(ast.Constant(str(text))) if getattr(target, "id", None) == name:
                    return text
                case _:
                    pass
    return ""
