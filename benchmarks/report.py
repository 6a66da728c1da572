"""The tables of README.md: what was to be reached and what was, then every number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.model import OURS, Claim, Measure, Result, Row
from benchmarks.scratch import HERE
from benchmarks.statistics import pooled, ratio, value_of

BEGIN, END = "<!-- begin: results -->", "<!-- end: results -->"


def notes() -> dict[str, str]:
    """Why claims do not hold, by their ids."""
    loaded: dict[str, str] = yaml.safe_load((HERE / "notes.yaml").read_text(encoding="utf-8")) or {}
    return loaded


def write(readme: Path, rows: Sequence[Row], results: dict[str, Result]) -> None:
    """Put the tables between the markers of the page. Raises ValueError when it has none."""
    before, begin, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} has no markers for the results")
    body = tables(rows, results, plots=HERE / "plots")
    readme.write_text(f"{before}{begin}\n\n{body}\n{end}{after}", encoding="utf-8")


def tables(rows: Sequence[Row], results: dict[str, Result], *, plots: Path | None = None) -> str:
    """The summary and a section for each row that has a result."""
    measured = [row for row in rows if row.name in results]
    if not measured:
        return "Nothing has been measured yet: `make bench`.\n"
    parts = [_summary(measured, results)]
    for row in measured:
        parts.append(_section(row, results[row.name], plots))
    return "\n".join(parts)


# -- what was to be reached ----------------------------------------------------------------------


def _summary(rows: Sequence[Row], results: dict[str, Result]) -> str:
    why = notes()
    lines = ["| what | beside | to reach | got | |", "|---|---|---|---|---|"]
    for row in rows:
        for claim in row.claims:
            lines.append(_claim_line(row, claim, results[row.name], why))
    return "\n".join(lines) + "\n"


def _claim_line(row: Row, claim: Claim, result: Result, why: dict[str, str]) -> str:
    measure = next(one for one in row.measures if one.id == claim.measure)
    value = value_of(result, claim)
    shown = f" {claim.statistic}" if measure.p95 else ""
    sign, unit = ("≥" if claim.at_least else "≤"), (" ×" if claim.beside else _unit(measure))
    got = "–" if value is None else f"{_number(value, 2 if claim.beside else measure.digits)}{unit}"
    cells = [f"{row.title}: {measure.label}{shown}", claim.beside or "", f"{sign} {claim.limit:g}{unit}", got]
    return "| " + " | ".join([*cells, _verdict(row, claim, value, result, why)]) + " |"


def _verdict(row: Row, claim: Claim, value: float | None, result: Result, why: dict[str, str]) -> str:
    if value is not None and claim.holds(value):
        return "reached"
    reason = why.get(row.claim_id(claim), "")
    if value is None:
        absent = _absence(result, claim.beside) or _absence(result, OURS) or reason or "no value"
        return f"not measured: {absent}"
    full = result.outcomes[OURS].rounds
    if any(one and one.get(f"{claim.measure}_generator_full") == [1.0] for one in full):
        return f"not reached, but the generator had no time left. {reason}".rstrip()
    return f"**not reached**: {reason or 'why is not written down yet (notes.yaml)'}"


def _absence(result: Result, name: str | None) -> str:
    outcome = result.outcomes.get(name or "")
    if outcome is None:
        return ""
    if outcome.missing:
        return f"{name}: {outcome.missing}"
    return f"{name}: {outcome.problems[-1]}" if outcome.problems else ""


# -- every number --------------------------------------------------------------------------------


def _section(row: Row, result: Result, plots: Path | None) -> str:
    lines = [f"### {row.title}", "", _provenance(result), ""]
    header = ["", *(f"{one.label}{f', {one.unit}' if one.unit else ''}" for one in row.measures)]
    lines += ["| " + " | ".join([*header, "what it does"]) + " |", "|" + "---|" * (len(header) + 1)]
    for name, about in row.contenders.items():
        lines.append(
            "| " + " | ".join([name, *(_cell(result, name, one) for one in row.measures), about]) + " |"
        )
    lines += ["", *_asides(row, result)]
    if plots and (plots / f"{row.name}.png").exists():
        lines += [f"![{row.title}](plots/{row.name}.png)", ""]
    return "\n".join(lines)


def _provenance(result: Result) -> str:
    rounds = max((len(one.rounds) for one in result.outcomes.values()), default=0)
    machine = result.machine
    smoke = " **A smoke run: the numbers mean nothing.**" if result.quick else ""
    return (
        f"{result.date}, {rounds} rounds, {machine['processor']}, {machine['cores']} cores,"
        f" {machine['system']}, Python {machine['python']}.{smoke}"
    )


def _cell(result: Result, name: str, measure: Measure) -> str:
    outcome = result.outcomes.get(name)
    if outcome is None or outcome.missing:
        return "missing"
    middle, high = pooled(outcome, measure.id, "p50"), pooled(outcome, measure.id, "p95")
    if middle is None or high is None:
        return "–"
    full = pooled(outcome, f"{measure.id}_generator_full", "p50")
    text = ("≥ " if full else "") + _number(middle, measure.digits)
    if measure.p95:
        text += f" / {_number(high, measure.digits)}"
    if name != OURS and (times := ratio(result, measure.id, "p50", name)) is not None:
        text += f" (ours {_number(times, 2)} ×)"
    return text


def _asides(row: Row, result: Result) -> list[str]:
    told = [f"- {name}: {outcome.missing}" for name, outcome in result.outcomes.items() if outcome.missing]
    for name, outcome in result.outcomes.items():
        told += [f"- {name}, {problem}" for problem in outcome.problems]
    if any(measure.p95 for measure in row.measures):
        told.insert(0, "Two numbers are p50 / p95.")
    return [*told, ""] if told else []


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def _unit(measure: Measure) -> str:
    return f" {measure.unit}" if measure.unit else ""
