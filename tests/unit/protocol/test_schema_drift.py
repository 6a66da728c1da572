"""The committed schema is what the installed ``openai`` gives: bumping the package is the drift test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

GENERATOR = Path(__file__).parents[3] / "scripts/generate_schema.py"


def test_regenerating_changes_nothing() -> None:
    """``generate_schema.py --check`` prints no difference and ends with 0."""
    check = subprocess.run(
        [sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (check.stdout, check.stderr, check.returncode) == ("", "", 0)
