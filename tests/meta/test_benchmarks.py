"""The benchmarks' harness: a smoke of two rows, its arithmetic, and that notes and rows agree. No number is judged."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from aioice.ice import Connection

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import report  # noqa: E402
from benchmarks.load.aiortc_seam import POLL_S  # noqa: E402
from benchmarks.model import OURS, Claim, Measure, Outcome, Result, Row  # noqa: E402
from benchmarks.rows import ROWS  # noqa: E402
from benchmarks.rows.capacity import search  # noqa: E402
from benchmarks.statistics import percentile, ratio, slope  # noqa: E402


def _row() -> Row:
    return Row(
        name="made_up",
        title="Made up",
        contenders={OURS: "", "them": ""},
        measures=(Measure("time", "time", "ms"),),
        claims=(Claim("time", 0.5, beside="them"),),
        sample=lambda _bench, _name: {},
    )


def _result(ours: list[float], theirs: list[float], missing: str = "") -> Result:
    machine = {"processor": "p", "cores": 2, "system": "s", "python": "3"}
    outcomes = {
        OURS: Outcome([{"time": [one]} for one in ours]),
        "them": Outcome([{"time": [one]} for one in theirs], missing=missing),
    }
    return Result("made_up", "2026-01-01", False, machine, {}, outcomes)


@pytest.mark.parametrize("row", ["sdp", "startup"])
def test_a_row_can_be_measured(row: str, tmp_path: Path) -> None:
    """A row in this process, and one of processes: both measure us; peers that are not installed are said so."""
    command = [sys.executable, "-m", "benchmarks", "--quick", "--no-install", "--only", row]
    done = subprocess.run(
        [*command, "--scratch", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{row} round 1: {OURS}: " in done.stdout
    assert ("aimock: not installed (--no-install)" in done.stdout) == (row == "startup")


def test_notes_are_about_claims() -> None:
    """Every sentence of notes.yaml has a claim that it explains."""
    claims = {row.claim_id(claim) for row in ROWS for claim in row.claims}
    assert set(report.notes()) - claims == set()


def test_claims_are_about_measures_and_contenders() -> None:
    """A claim names a measure and a contender of its row; the first contender is ours."""
    for row in ROWS:
        assert next(iter(row.contenders)) == OURS
        assert {claim.measure for claim in row.claims} <= {measure.id for measure in row.measures}
        assert {claim.beside for claim in row.claims} <= {None, *row.contenders}


@pytest.mark.parametrize("limit", [0, 1, 24, 25, 26, 333, 1000, 5000])
def test_the_search_finds_the_limit(limit: int) -> None:
    """What it finds passes, and what is some six in a hundred above it does not, up to the bound."""
    asked: list[int] = []

    def passes(number: int) -> bool:
        asked.append(number)
        return number <= limit

    found = search(passes, 25, 1000)
    assert found <= min(limit, 1000)
    assert found >= min(limit, 1000) * 0.94 - 1
    assert len(asked) <= 15


def test_percentile_and_slope() -> None:
    """Interpolated percentiles; the slope of a line is its own."""
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([1.0], 0.95) == 1.0
    assert slope([(0.0, 1.0), (2.0, 5.0), (4.0, 9.0)]) == 2.0


def test_a_ratio_is_taken_round_by_round() -> None:
    """A round that was slow for both does not move it, and a failed round is left out."""
    result = _result([1.0, 10.0, 3.0], [4.0, 40.0, 12.0])
    assert ratio(result, "time", "p50", "them") == 0.25
    result.outcomes["them"].rounds[0] = None
    assert ratio(result, "time", "p50", "them") == 0.25


@pytest.mark.parametrize(
    ("ours", "theirs", "missing", "verdict"),
    [
        ([1.0], [4.0], "", "| ≤ 0.5 × | 0.25 × | reached |"),
        (
            [3.0],
            [4.0],
            "",
            "| ≤ 0.5 × | 0.75 × | **not reached**: why is not written down yet (notes.yaml) |",
        ),
        ([1.0], [], "no such wheel", "| ≤ 0.5 × | – | not measured: them: no such wheel |"),
    ],
)
def test_the_table_says_what_is_reached(
    ours: list[float], theirs: list[float], missing: str, verdict: str
) -> None:
    """Reached, not reached and why, or not measured and why."""
    assert verdict in report.tables([_row()], {"made_up": _result(ours, theirs, missing)})


def test_a_result_comes_back_from_its_file(tmp_path: Path) -> None:
    """What is written is what is read."""
    result = _result([1.0], [2.0])
    result.write(tmp_path)
    assert Result.read(tmp_path, "made_up") == result


def test_the_page_keeps_what_is_around_the_results(tmp_path: Path) -> None:
    """Only what stands between the markers is replaced, each time."""
    page = tmp_path / "README.md"
    page.write_text(f"above\n{report.BEGIN}\nold\n{report.END}\nbelow\n", encoding="utf-8")
    for _ in range(2):
        report.write(page, [_row()], {})
    inside = "Nothing has been measured yet: `make bench`."
    expected = f"above\n{report.BEGIN}\n\n{inside}\n\n{report.END}\nbelow\n"
    assert page.read_text(encoding="utf-8") == expected


def test_the_quick_client_replaces_a_sleep_that_is_there() -> None:
    """aioice polls its checks with the literal that the generator's seam looks for."""
    assert f"await asyncio.sleep({POLL_S})" in inspect.getsource(Connection.connect)
