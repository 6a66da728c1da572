"""How a report looks: for a terminal, for a pipe, as JSON. May live here: text out of data, no I/O."""

from __future__ import annotations

import textwrap
from typing import Any

from realtime_client.doctor.report import Report, Step, Target
from realtime_client.explain import Explanation

_MARKS = {"passed": "✓", "failed": "✗", "not reached": "–"}
_WORDS = {"passed": "ok", "failed": "FAILED", "not reached": "not reached"}
_INDENT = "     "


def heading(target: Target) -> str:
    """The first line."""
    return f"{target.base_url}  {target.transport}  {target.model}"


def step_for_terminal(step: Step, width: int) -> str:
    """One step with its mark, its time and what was seen, no wider than ``width``."""
    time = "" if step.ms is None else f"{step.ms:.0f} ms"
    start = f"  {_MARKS[step.outcome]} {step.name:<12}{time:>9}  "
    return (
        textwrap.fill(step.note, width, initial_indent=start, subsequent_indent=" " * len(start))
        or start.rstrip()
    )


def step_for_pipe(step: Step) -> str:
    """One step as one line of fields between tabs: outcome, name, time in ms, note."""
    time = "" if step.ms is None else f"{step.ms:.0f}"
    return "\t".join((_WORDS[step.outcome], step.name, time, step.note)).rstrip()


def verdict(report: Report, width: int | None) -> str:
    """The end: all is well, or where and why it stopped and what to try. ``width`` None: long lines."""
    if report.explanation is None:
        return "Everything works."
    lines = [f"It stops at {report.stopped_at}. {report.explanation.summary}"]
    for number, cause in enumerate(report.explanation.causes, start=1):
        lines += [f"  {number}. {cause.why}", f"{_INDENT}Try: {cause.fix}"]
    if width is None:
        return "\n".join(lines)
    return "\n".join(textwrap.fill(line, width, subsequent_indent=_INDENT) for line in lines)


def as_json(report: Report) -> dict[str, Any]:
    """The whole report as JSON's own types. It holds no key."""
    target, explanation = report.target, report.explanation
    return {
        "base_url": target.base_url,
        "transport": target.transport,
        "model": target.model,
        "healthy": report.healthy,
        "stopped_at": report.stopped_at,
        "steps": [
            {"name": step.name, "outcome": step.outcome, "ms": _rounded(step.ms), "note": step.note}
            for step in report.steps
        ],
        "explanation": None if explanation is None else _explanation(explanation),
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    causes = [
        {
            "why": cause.why,
            "try": cause.fix,
            "fits": number < explanation.certain,
            "confidence": cause.confidence,
            "evidence": cause.evidence,
        }
        for number, cause in enumerate(explanation.causes)
    ]
    return {"id": explanation.known, "summary": explanation.summary, "causes": causes}


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)
