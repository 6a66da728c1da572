"""Which scenarios there are: the shipped ones by name, anybody's by path."""

from __future__ import annotations

from pathlib import Path

from realtime_mock.scenario.errors import UnknownScenarioError
from realtime_mock.scenario.loader import load
from realtime_mock.scenario.model import Scenario

_ENDINGS = (".yaml", ".yml")


def find(name_or_path: str) -> Scenario:
    """The scenario that a person at a terminal names: a shipped name, or a file by its path.

    A path is recognised by a slash or by its ending, ``.yaml`` or ``.yml``. Raises :class:`ScenarioError`
    (:class:`UnknownScenarioError` for a name that nobody knows).
    """
    if "/" in name_or_path or "\\" in name_or_path or name_or_path.endswith(_ENDINGS):
        return load(Path(name_or_path))
    return shipped(name_or_path)


def shipped(name: str) -> Scenario:
    """The shipped scenario of this name. Never opens any other file, so a stranger may choose the name.

    Raises :class:`UnknownScenarioError`, which knows the nearest name.
    """
    known = names()
    if name not in known:
        raise UnknownScenarioError(name, known)
    return load(fixtures("scenarios") / f"{name}.yaml")


def names() -> tuple[str, ...]:
    """The names of the shipped scenarios, in alphabetical order."""
    return tuple(sorted(path.stem for path in fixtures("scenarios").glob("*.yaml")))


def fixtures(kind: str) -> Path:
    """The directory of shipped fixtures of one kind (``scenarios``, ``audio``), in a wheel or in a checkout.

    A wheel has them inside the package; an editable install leaves them at the root of the checkout.
    """
    package = Path(__file__).parents[1]
    for root in (package, package.parents[1]):
        if (place := root / "fixtures" / kind).is_dir():
            return place
    raise FileNotFoundError(f"realtime-mock was installed without its fixtures: no fixtures/{kind}")
