"""``python -m benchmarks``: measure, and write the tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import plots, report
from benchmarks.bench import Bench
from benchmarks.model import MissingError, Result, Row
from benchmarks.rows import ROWS
from benchmarks.runner import run
from benchmarks.scratch import HERE, Scratch

ROUNDS = 5


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="realtime-mock beside its peers"
    )
    add = parser.add_argument
    names = [row.name for row in ROWS]
    add("--only", action="append", choices=names, metavar="ROW", help=f"repeatable: {', '.join(names)}")
    add("--rounds", type=int, default=ROUNDS, help=f"how often everybody has a turn ({ROUNDS})")
    add("--quick", action="store_true", help="a smoke: one small round, printed and not kept")
    add("--no-install", action="store_true", help="what is not in the scratch folder is missing")
    add("--render", action="store_true", help="measure nothing; write the tables from results/")
    add("--scratch", type=Path, default=HERE / ".scratch", help="where the peers are installed")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """The program; its exit code says whether it could measure us, not whether we are fast."""
    options = _options(argv)
    rows = [row for row in ROWS if not options.only or row.name in options.only]
    if options.render:
        _keep(ROWS, [])
        return 0
    bench = Bench(Scratch(options.scratch, install=not options.no_install), quick=options.quick)
    results = []
    for row in rows:
        print(f"{row.title}", flush=True)
        result = run(row, bench, 1 if options.quick else options.rounds)
        results.append(result)
        if not options.quick:
            result.write(HERE / "results")
    if options.quick:
        print("\n" + report.tables(rows, {result.row: result for result in results}))
    else:
        _keep(ROWS, results)
    return 0 if all(_ours_was_measured(result) for result in results) else 1


def _keep(rows: Sequence[Row], fresh: Sequence[Result]) -> None:
    """Draw what is new, and write the page from all results that there are."""
    known = {row.name: result for row in rows if (result := Result.read(HERE / "results", row.name))}
    for row in rows:
        if row.name in known and (not fresh or row.name in {result.row for result in fresh}):
            try:
                plots.draw(row, known[row.name], HERE / "plots")
            except MissingError as missing:
                print(f"no plots: {missing}", file=sys.stderr)
                break
    report.write(HERE / "README.md", rows, known)


def _ours_was_measured(result: Result) -> bool:
    ours = next(iter(result.outcomes.values()))
    return any(ours.rounds)


if __name__ == "__main__":
    raise SystemExit(main())
