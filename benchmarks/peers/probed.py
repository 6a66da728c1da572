"""Runs a Python server as it is, and answers SIGUSR1 with what cannot be seen from outside its process.

    python probed.py FILE -m MODULE [ARGUMENT ...]
    python probed.py FILE SCRIPT [ARGUMENT ...]

On the signal the garbage is collected, and one line of JSON is appended to FILE: how many asyncio tasks there
are, the one that runs `main` included, and how many objects. Standard library alone: it runs in the peers'
environment, too.
"""

from __future__ import annotations

import asyncio
import gc
import json
import runpy
import signal
import sys
from pathlib import Path


def main() -> None:
    """Install the handler, then become the program."""
    report, program, *arguments = sys.argv[1:]

    def answer(_number: int, _frame: object) -> None:
        gc.collect()
        try:
            tasks = len(asyncio.all_tasks())
        except RuntimeError:  # no loop runs yet
            tasks = 0
        with Path(report).open("a", encoding="ascii") as file:
            file.write(json.dumps({"tasks": tasks, "objects": len(gc.get_objects())}) + "\n")

    signal.signal(signal.SIGUSR1, answer)
    if program == "-m":
        module, *arguments = arguments
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [program, *arguments]
        sys.path[0] = str(Path(program).parent)
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
