"""What a client may send, as a tree of shapes: the published schema and the overlay. Nothing is checked here.

``data/schema.json`` is JSON Schema, generated from the types of ``openai``; ``data/overlay.yaml`` is what
the live API does beyond them. Both are read once, and each root is turned into shapes when it is first
asked for. Every value has at most one shape that can take it: alternatives are told apart by the kind of
the JSON value, and objects among them by a tag (``type``, then ``role``), so checking is linear.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from realtime_mock.protocol.data import load_yaml
from realtime_mock.protocol.overlay import Definitions, Rule, Schema, apply

Kind = str
"""``object array string integer number boolean null``; a ``number`` is one with a fraction."""

_TAGS = ("type", "role")


@dataclass(frozen=True, slots=True)
class Anything:
    """Any JSON value, unchecked: a tool's parameters, for example."""


@dataclass(frozen=True, slots=True)
class Null:
    """Only null."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string; ``values`` when the list of them is closed, in the order in which the API lists them."""

    values: tuple[str, ...] = ()
    max_length: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number within its limits; an ``integer`` has no fraction."""

    integer: bool
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Array:
    """An array; ``combinations`` are the only sets of items that it may hold, when they are limited."""

    items: Shape
    max_items: int | None = None
    combinations: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """An object whose keys are the client's own."""

    values: Shape
    max_properties: int | None = None
    max_name_length: int | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """A closed object: its keys are the API's."""

    properties: Mapping[str, Shape]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """One of several objects, told apart by the string under ``tag``."""

    tag: str
    branches: Mapping[str, Object | Tagged]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several shapes, told apart by the kind of the value. ``options`` keep the order of the types."""

    options: tuple[Shape, ...]
    by_kind: Mapping[Kind, Shape]


Shape = Anything | Null | Flag | Text | Number | Array | Map | Object | Tagged | Choice

_KINDS: dict[type[Any], tuple[Kind, ...]] = {
    Null: ("null",),
    Flag: ("boolean",),
    Text: ("string",),
    Array: ("array",),
    Map: ("object",),
    Object: ("object",),
    Tagged: ("object",),
}


@cache
def shape_of(root: str) -> Shape:
    """The shape of one root: ``ga.mint``, ``beta.session.realtime``, ``ga.client.response.create``.

    Raises KeyError for a root that is not in the schema.
    """
    definitions, roots = _document()
    return _Builder(definitions, root.partition(".")[0]).build(roots[root])


def roots() -> tuple[str, ...]:
    """The names of all roots."""
    return tuple(_document()[1])


@cache
def overlay() -> tuple[Rule, ...]:
    """The rules of the overlay, in the order in which they are applied."""
    return tuple(Rule.read(row) for row in load_yaml("overlay.yaml"))


@cache
def _document() -> tuple[Definitions, Definitions]:
    """Definitions and roots of both dialects, each under the name of its dialect; the overlay applied."""
    document = json.loads((files("realtime_mock.protocol.data") / "schema.json").read_bytes())
    definitions: Definitions = {}
    roots: Definitions = {}
    for dialect, part in document["dialects"].items():
        definitions |= {f"{dialect}.{name}": schema for name, schema in part["definitions"].items()}
        roots |= {f"{dialect}.{name}": schema for name, schema in part["roots"].items()}
    apply(overlay(), definitions)
    return definitions, roots


class _Builder:
    """Turns the JSON Schemas of one dialect into shapes."""

    def __init__(self, definitions: Definitions, dialect: str) -> None:
        self._definitions = definitions
        self._dialect = dialect

    def build(self, schema: Schema) -> Shape:
        """The shape of one schema. Raises ValueError for one that this file has no shape for."""
        alternatives = list(self._alternatives(schema))
        if len(alternatives) == 1:
            return self._simple(alternatives[0])
        return self._choice(alternatives)

    def _alternatives(self, schema: Schema) -> Iterable[Schema]:
        """The schemas that ``schema`` offers, references followed, none of them an alternative itself."""
        if "$ref" in schema:
            yield from self._alternatives(self._definitions[f"{self._dialect}.{schema['$ref']}"])
        elif "anyOf" in schema:
            for option in schema["anyOf"]:
                yield from self._alternatives(option)
        elif isinstance(schema.get("type"), list):
            yield from ({**schema, "type": type_} for type_ in schema["type"])
        else:
            yield schema

    def _simple(self, schema: Schema) -> Shape:
        match schema.get("type"):
            case None:
                return Anything()
            case "null":
                return Null()
            case "boolean":
                return Flag()
            case "string":
                return _text([schema])
            case "integer" | "number" as type_:
                return Number(type_ == "integer", schema.get("minimum"), schema.get("maximum"))
            case "array":
                combinations = tuple(tuple(names) for names in schema.get("combinations", ()))
                return Array(self.build(schema["items"]), schema.get("maxItems"), combinations)
            case "object":
                return self._object(schema)
            case other:
                raise ValueError(f"no shape for the type {other}")

    def _object(self, schema: Schema) -> Object | Map:
        if "properties" in schema:
            properties = {key: self.build(part) for key, part in schema["properties"].items()}
            return Object(properties, tuple(schema.get("required", ())))
        names = schema.get("propertyNames", {})
        values = self.build(schema.get("additionalProperties", {}))
        return Map(values, schema.get("maxProperties"), names.get("maxLength"))

    def _choice(self, schemas: list[Schema]) -> Shape:
        """The alternatives as shapes, with at most one of them for each kind of value."""
        if any("type" not in schema for schema in schemas):
            return Anything()
        by_type: dict[str, list[Schema]] = {}
        for schema in schemas:
            by_type.setdefault(schema["type"], []).append(schema)
        options = tuple(self._merged(type_, group) for type_, group in by_type.items())
        if len(options) == 1:
            return options[0]
        return Choice(options, {kind: option for option in options for kind in _kinds(option)})

    def _merged(self, type_: str, schemas: list[Schema]) -> Shape:
        if len(schemas) == 1:
            return self._simple(schemas[0])
        if type_ == "string":
            return _text(schemas)
        if type_ == "object":
            return self._tagged(schemas, _TAGS)
        raise ValueError(f"nothing tells {len(schemas)} schemas of type {type_} apart")

    def _tagged(self, schemas: list[Schema], tags: tuple[str, ...]) -> Tagged:
        if not tags:
            raise ValueError("no tag tells these objects apart")
        tag, *rest = tags
        groups: dict[str, list[Schema]] = {}
        for schema in schemas:
            for value in _values(schema["properties"][tag]):
                groups.setdefault(value, []).append(schema)
        branches: dict[str, Object | Tagged] = {}
        for value, group in groups.items():
            branch = self._tagged(group, tuple(rest)) if len(group) > 1 else self._object(group[0])
            if isinstance(branch, Map):
                raise ValueError(f"the object tagged {value} has no keys")
            branches[value] = branch
        return Tagged(tag, branches)


def _values(schema: Schema) -> tuple[str, ...]:
    return (schema["const"],) if "const" in schema else tuple(schema.get("enum", ()))


def _text(schemas: list[Schema]) -> Text:
    """A string that may be any of ``schemas``: a list of values is closed unless one of them is open."""
    lists = [_values(schema) for schema in schemas]
    closed = all(lists)
    return Text(
        values=tuple(value for values in lists for value in values) if closed else (),
        max_length=schemas[0].get("maxLength"),
        pattern=schemas[0].get("pattern"),
    )


def _kinds(shape: Shape) -> tuple[Kind, ...]:
    if isinstance(shape, Number):
        return ("integer",) if shape.integer else ("integer", "number")
    return _KINDS[type(shape)]
