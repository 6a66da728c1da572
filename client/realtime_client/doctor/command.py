"""``realtime-client doctor``: the command around the examination.

May live here: arguments, printing, exit codes. The key comes from the environment and never from the
command line, where every user of the machine can read it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from typing import Any

from realtime_client.client import DEFAULT_BASE_URL
from realtime_client.doctor import rendering
from realtime_client.doctor.checkup import examine
from realtime_client.doctor.report import DEFAULT_MODEL, DEFAULT_SECONDS, STEPS, Report, Step, Target
from realtime_client.errors import ConfigurationError

_ABOUT = (
    "Go from the key to a session and a beep, step by step, and say where and why it stops. Nothing is "
    "transcribed. The key is read from OPENAI_API_KEY."
)
_LONGEST = 3600
_EXIT_CODES = "exit code: 0 all is well, 1 a step failed, 2 wrong call, 130 stopped by Ctrl-C"


def add_doctor_command(subparsers: Any) -> None:
    """Add ``doctor`` to the subcommands of a parser (what ``add_subparsers()`` gave)."""
    parser = subparsers.add_parser(
        "doctor", help="say where and why a connection fails", description=_ABOUT, epilog=_EXIT_CODES
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)


def main(argv: list[str]) -> int:
    """The command on its own. Answers the exit code."""
    parser = argparse.ArgumentParser("realtime-client doctor", description=_ABOUT, epilog=_EXIT_CODES)
    _add_arguments(parser)
    return run(parser.parse_args(argv))


def run(arguments: argparse.Namespace) -> int:
    """Examine, print, and answer the exit code."""
    target = Target(
        base_url=arguments.base_url or os.environ.get("OPENAI_BASE_URL") or DEFAULT_BASE_URL,
        api_key=os.environ.get("OPENAI_API_KEY"),
        model=arguments.model,
        transport=arguments.transport,
        timeout=arguments.timeout,
    )
    width = _width()
    try:
        report = asyncio.run(_json(target) if arguments.json else _text(target, width))
    except ConfigurationError as error:
        print(f"realtime-client doctor: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`). Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if report.healthy else 1


async def _text(target: Target, width: int | None) -> Report:
    def show(step: Step) -> None:
        line = rendering.step_for_pipe(step) if width is None else rendering.step_for_terminal(step, width)
        print(line, flush=True)

    if width is not None:
        print(rendering.heading(target), flush=True)
    report = await examine(target, show)
    print(rendering.verdict(report, width), flush=True)
    return report


async def _json(target: Target) -> Report:
    report = await examine(target)
    print(json.dumps(rendering.as_json(report), indent=2, ensure_ascii=False))
    return report


def _width() -> int | None:
    """The columns of the terminal; None in a pipe, and on a terminal that has no check marks."""
    if not sys.stdout.isatty():
        return None
    try:
        "✓✗–".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return None
    return shutil.get_terminal_size().columns


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-url", help=f"of the API; else OPENAI_BASE_URL, else {DEFAULT_BASE_URL}")
    parser.add_argument("--transport", choices=tuple(STEPS), default="webrtc")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="a transcription model (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=DEFAULT_SECONDS,
        metavar="SECONDS",
        help="for each step (default: %(default)g)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds up to {_LONGEST}")
    return seconds
