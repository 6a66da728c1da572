"""The command line: ``realtime-mock serve``, ``explain``, ``scenarios``. Every flag is declared here."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from realtime_mock import __version__
from realtime_mock.runtime.addresses import contradiction, parse_advertised, parse_bound
from realtime_mock.runtime.settings import Settings

_Value = TypeVar("_Value")

_STARTED = time.perf_counter()

_BIND = "bind calls to this address (repeatable; the default route's address and 127.0.0.1)"
_ADVERTISE = (
    "tell clients this address instead, of a container or a port map; IP:PORT/tcp for TCP (repeatable)"
)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no port: a number from 0 to 65535 is meant, 0 for any free one"
        )
    return int(text)


def _said(parse: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """``parse``, with the sentence of its ValueError as argparse's."""

    def convert(text: str) -> _Value:
        try:
            return parse(text)
        except ValueError as problem:
            raise argparse.ArgumentTypeError(str(problem)) from None

    return convert


def _parser() -> argparse.ArgumentParser:
    default = Settings()
    parser = _Parser(prog="realtime-mock", description="A local stand-in for the OpenAI Realtime API.")
    parser.add_argument("--version", action="version", version=f"realtime-mock {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    serve = commands.add_parser("serve", help="start the server")
    serve.set_defaults(run=_serve)
    add = serve.add_argument
    add("--host", default=default.host, help=f"address of the HTTP API ({default.host})")
    add("--port", type=_port, default=default.port, help=f"its port; 0 for any free one ({default.port})")
    add("--udp-port", type=_port, help="UDP port of all calls; 0 for any free one (the number of --port)")
    add(
        "--tcp-port",
        type=_port,
        help="TCP port of calls, where UDP does not pass; 0 for any free one (none)",
    )
    repeatable = partial(add, action="append", default=[])
    repeatable("--bind", type=_said(parse_bound), metavar="IP", help=_BIND)
    repeatable("--advertise", type=_said(parse_advertised), metavar="IP[:PORT]", help=_ADVERTISE)
    add("--era", choices=("beta", "transition", "ga"), default=default.era, help=f"({default.era})")
    add("--scenario", default=default.scenario, help=f"a shipped scenario or a file ({default.scenario})")
    add("--seed", type=int, default=default.seed, help=f"what ids are made from ({default.seed})")
    add("--api-key", action="append", default=[], metavar="KEY", help="accept only this key (repeatable)")
    add("--journal", type=Path, metavar="FILE", help="append everything that happens, as JSON lines")
    add("--quiet", action="store_true", help="log only warnings and errors")

    explain = commands.add_parser("explain", help="explain an error of the catalogue")
    explain.set_defaults(run=_explain)
    explain.add_argument(
        "id", nargs="?", help="the id that stands in the header x-realtime-mock-error; none lists all"
    )

    scenarios = commands.add_parser("scenarios", help="list the shipped scenarios")
    scenarios.set_defaults(run=_scenarios)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The program. Returns its exit code: 0 done, 1 it failed, 2 it was called wrongly."""
    options = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _serve(options: argparse.Namespace) -> int:
    # Imported here: `explain` and `--help` need no web server.
    from realtime_mock.runtime import logs
    from realtime_mock.scenario.errors import ScenarioError
    from realtime_mock.web.serve import serve

    if wrong := contradiction(options.advertise, options.tcp_port):
        print(f"realtime-mock serve: {wrong} (see realtime-mock serve --help)", file=sys.stderr)
        return 2
    logs.configure(level="warning" if options.quiet else "info")
    # The matrices here are small: OpenBLAS would wake its threads for each, and burn more than it helps.
    # numpy reads this when the first sound arrives.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    settings = Settings(
        host=options.host,
        port=options.port,
        udp_port=options.udp_port,
        tcp_port=options.tcp_port,
        bind=tuple(options.bind),
        advertise=tuple(options.advertise),
        era=options.era,
        scenario=options.scenario,
        seed=options.seed,
        api_keys=tuple(options.api_key),
    )
    with ExitStack() as stack:
        try:
            journal = (
                stack.enter_context(options.journal.open("a", encoding="utf-8")) if options.journal else None
            )
            asyncio.run(serve(settings, journal_file=journal, announce=_announce))
        except (OSError, ScenarioError) as problem:
            print(f"realtime-mock: {problem}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            pass
    return 0


def _announce(url: str, settings: Settings) -> None:
    ready = round((time.perf_counter() - _STARTED) * 1000)
    print(f"realtime-mock {__version__}")
    print(f"  API URL   {url}/v1")
    print(f"  scenario  {settings.scenario}")
    print(f"  era       {settings.era}")
    print(f"  seed      {settings.seed}")
    print(f"ready in {ready} ms; point your app here:  export OPENAI_BASE_URL={url}/v1", flush=True)


def _explain(options: argparse.Namespace) -> int:
    from realtime_mock.protocol.catalogue import catalogue
    from realtime_mock.protocol.explain import explain

    entries = catalogue()
    if options.id is None:
        width = max(map(len, entries))
        for entry in entries.values():
            print(f"{entry.id:<{width}}  {entry.status or entry.close or 'event':>5}  {entry.confidence}")
        return 0
    if options.id not in entries:
        near = get_close_matches(options.id, entries, n=1, cutoff=0.4)
        hint = f"; did you mean '{near[0]}'?" if near else "; `realtime-mock explain` lists them"
        print(f"realtime-mock: there is no error '{options.id}'{hint}", file=sys.stderr)
        return 2
    print(explain(entries[options.id]), end="")
    return 0


def _scenarios(options: argparse.Namespace) -> int:
    from realtime_mock.scenario.library import names, shipped

    for name in names():
        print(f"{name:<12} {shipped(name).summary}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
