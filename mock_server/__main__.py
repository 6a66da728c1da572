"""``python -m mock_server`` in a checkout: the program, and without arguments its ``serve``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from realtime_mock.cli import main

raise SystemExit(main(sys.argv[1:] or ["serve"]))
