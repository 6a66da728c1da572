"""``realtime-client doctor``: what it prints, on a terminal, in a pipe, as JSON, and its exit codes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from typing import Any

import pytest

from realtime_client import Explanation
from realtime_client.doctor import Report, Step, Target, add_doctor_command
from realtime_client.doctor.command import main
from realtime_client.doctor.rendering import as_json, step_for_pipe, step_for_terminal, verdict
from realtime_client.refusals import Cause

TARGET = Target("https://api.example/v1", "sk-secret0000")
STEPS = (
    Step("key", "passed", 0.04, "an API key, 13 characters"),
    Step("mint", "failed", 12.3, "HTTP 401"),
    Step("SDP", "not reached"),
)
CAUSES = (
    Cause("It is old.", "Make another."),
    Cause("It is foreign.", "Compare it.", {}, "documented", "guide"),
)
SICK = Report(TARGET, STEPS, Explanation("The key is refused.", CAUSES, "key-refused", 1))
WELL = Report(TARGET, STEPS[:1])


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (STEPS[0], "  ✓ key              0 ms  an API key, 13 characters"),
        (STEPS[1], "  ✗ mint            12 ms  HTTP 401"),
        (STEPS[2], "  – SDP"),
    ],
)
def test_a_step_on_a_terminal(step: Step, line: str) -> None:
    """A mark, the name, the time, what was seen."""
    assert step_for_terminal(step, 80) == line


def test_a_long_note_is_wrapped_under_itself() -> None:
    """No line is longer than the terminal is wide."""
    lines = step_for_terminal(Step("ICE", "failed", 10_000, "word " * 20), 60).splitlines()
    assert max(map(len, lines)) <= 60
    assert {line[:27].strip() for line in lines[1:]} == {""}


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (STEPS[0], "ok\tkey\t0\tan API key, 13 characters"),
        (STEPS[1], "FAILED\tmint\t12\tHTTP 401"),
        (STEPS[2], "not reached\tSDP"),
    ],
)
def test_a_step_in_a_pipe(step: Step, line: str) -> None:
    """Fields between tabs, for cut and awk."""
    assert step_for_pipe(step) == line


def test_the_verdict() -> None:
    """Where, why, and what to try, in order."""
    assert verdict(WELL, 80) == "Everything works."
    assert verdict(SICK, None).splitlines() == [
        "It stops at mint. The key is refused.",
        "  1. It is old.",
        "     Try: Make another.",
        "  2. It is foreign.",
        "     Try: Compare it.",
    ]


def test_as_json() -> None:
    """Everything that the text says, and the grades; never the key."""
    assert as_json(SICK) == {
        "base_url": "https://api.example/v1",
        "transport": "webrtc",
        "model": "gpt-4o-mini-transcribe",
        "healthy": False,
        "stopped_at": "mint",
        "steps": [
            {"name": "key", "outcome": "passed", "ms": 0.0, "note": "an API key, 13 characters"},
            {"name": "mint", "outcome": "failed", "ms": 12.3, "note": "HTTP 401"},
            {"name": "SDP", "outcome": "not reached", "ms": None, "note": ""},
        ],
        "explanation": {
            "id": "key-refused",
            "summary": "The key is refused.",
            "causes": [
                {
                    "why": "It is old.",
                    "try": "Make another.",
                    "fits": True,
                    "confidence": "inferred",
                    "evidence": "",
                },
                {
                    "why": "It is foreign.",
                    "try": "Compare it.",
                    "fits": False,
                    "confidence": "documented",
                    "evidence": "guide",
                },
            ],
        },
    }
    assert "secret" not in json.dumps(as_json(SICK))


@pytest.mark.parametrize(
    "argv",
    [
        ["--timeout", "soon"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--transport", "pigeon"],
        ["--nonsense"],
    ],
)
def test_a_wrong_call_exits_with_2(argv: list[str]) -> None:
    """argparse says what is wrong, and nothing is examined."""
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2


def test_a_base_url_that_is_none_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence on stderr."""
    assert main(["--base-url", "api.example"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == (
        "",
        "realtime-client doctor: base_url must begin with http:// or https://, not 'api.example'\n",
    )


def test_it_is_a_subcommand() -> None:
    """A parser that takes it in gets its arguments and the function to run."""
    parser = argparse.ArgumentParser()
    add_doctor_command(parser.add_subparsers())
    arguments = parser.parse_args(["doctor", "--model", "whisper-1"])
    assert (arguments.model, arguments.transport, arguments.json) == ("whisper-1", "webrtc", False)
    assert callable(arguments.run)


@pytest.mark.parametrize("key", [None, "", "  ", "'sk-0000'", "Bearer sk-0000", "sk-\u20260000"])
def test_a_key_that_is_none_stops_at_once(
    key: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent; the exit code is 1."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    assert main(["--base-url", "http://127.0.0.1:9/v1", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["stopped_at"] == "key"
    assert report["explanation"]["id"] in ("no-key", "malformed-key")


async def run(*argv: str, **environment: str) -> tuple[int | None, str, str]:
    """The program as a process of its own."""
    program = (sys.executable, "-m", "realtime_client.doctor", *argv)
    process = await asyncio.create_subprocess_exec(
        *program,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_program_says_where_it_stops(server: Any) -> None:
    """In a pipe: one line for each step, the verdict, exit code 1. The key comes from the environment."""
    server.first = {"type": "error", "error": {"code": "insufficient_quota", "message": "no credit"}}
    code, out, err = await run(OPENAI_API_KEY="sk-000000000000", OPENAI_BASE_URL=server.url)
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert [line.split("\t")[:2] for line in lines[:7]] == [
        ["ok", "key"],
        ["ok", "mint"],
        ["ok", "SDP"],
        ["ok", "ICE"],
        ["ok", "DTLS"],
        ["ok", "channel"],
        ["FAILED", "first event"],
    ]
    assert lines[10] == "It stops at first event. The account has no credit left."
    assert lines[11].startswith("  1. Minting is free, so this shows only at connecting.")
