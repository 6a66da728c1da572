"""The data of the protocol, and the one function that reads it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

# The C loader is ten times as fast, where it was built.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(name: str) -> Any:
    """The parsed content of a file beside this one."""
    return yaml.load((files(__name__) / name).read_bytes(), Loader=_Loader)
