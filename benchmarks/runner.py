"""Runs a row: its contenders in turn, several rounds, each round in another order."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.bench import Bench
from benchmarks.model import FailedError, MissingError, Outcome, Result, Row


def run(row: Row, bench: Bench, rounds: int) -> Result:
    """Measure a row. What cannot be measured is said in the result; nothing is raised for it."""
    outcomes = {name: Outcome() for name in row.contenders}
    idle = []
    for number in range(min(rounds, row.rounds)):
        order = list(row.contenders)
        shift = number % len(order)
        if not bench.quick:
            idle.append(machine.wait_for_quiet())
        for name in order[shift:] + order[:shift]:
            if not outcomes[name].missing:
                _measure(row, bench, name, outcomes[name], number)
    return Result(
        row=row.name,
        date=datetime.now(UTC).date().isoformat(),
        quick=bench.quick,
        machine={**machine.description(), "idle_before_each_round": idle},
        versions={**machine.versions(), **{f"peer {k}": v for k, v in bench.scratch.versions().items()}},
        outcomes=outcomes,
    )


def _measure(row: Row, bench: Bench, name: str, outcome: Outcome, number: int) -> None:
    try:
        samples = row.sample(bench, name)
    except MissingError as missing:
        outcome.missing = str(missing)
        print(f"  {row.name} round {number + 1}: {name} is missing: {missing}", flush=True)
    except FailedError as failed:
        outcome.rounds.append(None)
        outcome.problems.append(f"round {number + 1}: {failed}")
        print(f"  {row.name} round {number + 1}: {name} failed: {failed}", flush=True)
    else:
        outcome.rounds.append(samples)
        counted = ", ".join(f"{len(values)} × {measure}" for measure, values in samples.items())
        print(f"  {row.name} round {number + 1}: {name}: {counted}", flush=True)
