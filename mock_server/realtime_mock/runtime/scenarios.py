"""The scenarios of one server: which one a session gets, and its director."""

from __future__ import annotations

from functools import cache

from realtime_mock.scenario.director import ScriptedDirector
from realtime_mock.scenario.library import find, shipped
from realtime_mock.scenario.model import Scenario


class Scenarios:
    """The scenario that the server was started with, and the shipped ones that a request may name.

    Args:
        default: what the person who starts the server names: a shipped name or a file's path. Raises
            ScenarioError at once when it cannot be read.
    """

    def __init__(self, default: str) -> None:
        self._default = find(default)

    @property
    def default(self) -> str:
        """The name that stands for the server's own scenario."""
        return self._default.name

    def get(self, name: str) -> Scenario:
        """The scenario of this name: the server's own, or a shipped one; never another file.

        Raises UnknownScenarioError, which knows the nearest name.
        """
        return self._default if name == self._default.name else _shipped(name)

    def director(self, name: str) -> ScriptedDirector:
        """A director for one session, at the first turn."""
        return ScriptedDirector(self.get(name))


@cache
def _shipped(name: str) -> Scenario:
    return shipped(name)
