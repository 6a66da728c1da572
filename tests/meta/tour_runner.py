"""Runs the blocks of a page one after the other in one namespace, with ``await`` at the top of each.

In: ``[page, [[line, text], …]]`` as JSON on stdin. Out: what each block printed, as a list. A traceback names
the page and the line.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import sys
from typing import Any


async def run(page: str, blocks: list[tuple[int, str]]) -> list[str]:
    """What each block printed."""
    namespace: dict[str, Any] = {"__name__": "__tour__"}
    printed = []
    for line, text in blocks:
        tree = ast.increment_lineno(ast.parse(text), line - 1)
        code = compile(tree, page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            waiting = eval(code, namespace)
            if inspect.isawaitable(waiting):
                await waiting
        printed.append(said.getvalue())
    return printed


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(*json.load(sys.stdin)))))
