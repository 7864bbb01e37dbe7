"""Scenarios: read from files, texts and dictionaries, and changed by dotted keys."""

from __future__ import annotations

import datetime
import json
import os
import warnings as python_warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from . import _native
from .errors import Message, OverhangWarning

#: What functions take as a scenario: one that was read, the name of a file, or a dictionary.
ScenarioLike = Union["Scenario", str, "os.PathLike[str]", Mapping[str, Any]]


class Scenario:
    """A scenario that was read and checked. It does not change: :meth:`set` gives a new one.

    >>> import overhang_risk as oh
    >>> deal = oh.template()
    >>> deal.factors
    ['price', 'use', 'return']
    >>> cheaper = deal.set({"contract.cloud.take_or_pay": 0.6})
    >>> cheaper.to_dict()["contract"][0]["take_or_pay"]
    0.6
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Scenario) -> None:
        self._native = native

    @classmethod
    def from_dict(cls, tables: Mapping[str, Any], name: str = "dictionary") -> Scenario:
        """Reads a dictionary with the tables and keys of a scenario file.

        Args:
            tables: What the file would have. Dates may be ``datetime.date``, numbers may be NumPy's.
            name: What it is called in messages.

        Raises:
            ScenarioError: If it is not a valid scenario.
        """
        return parse(_to_json(tables), name if name.endswith(".json") else f"{name}.json")

    @property
    def name(self) -> str:
        """The title."""
        return self._native.name

    @property
    def file(self) -> str:
        """The name of the file."""
        return self._native.file

    @property
    def text(self) -> str:
        """The text of the file, TOML or JSON."""
        return self._native.text

    @property
    def currency(self) -> str:
        """The label of amounts of money, such as ``USD``."""
        return self._native.currency

    @property
    def capacity_unit(self) -> str:
        """The label of capacity, such as ``GW``."""
        return self._native.capacity_unit

    @property
    def periods(self) -> int:
        """The number of periods up to the horizon."""
        return self._native.horizon[0]

    @property
    def steps_per_year(self) -> int:
        """The number of periods in a year."""
        return self._native.horizon[1]

    @property
    def factors(self) -> list[str]:
        """The names of the factors, in the order of columns of trajectories."""
        return self._native.factors

    @property
    def variants(self) -> list[str]:
        """The names of the variants."""
        return self._native.variants

    @property
    def uncertain(self) -> dict[str, tuple[float, float, float]]:
        """The uncertain inputs: by key, the quantiles of 10%, 50% and 90%."""
        return {key: (low, median, high) for key, median, low, high in self._native.uncertain}

    @property
    def warnings(self) -> list[Message]:
        """What is odd about the file, although it can be used."""
        return [Message(**found) for found in self._native.warnings]

    def to_dict(self) -> dict[str, Any]:
        """The tables and keys of the file, with dates as ISO texts."""
        found: dict[str, Any] = json.loads(self._native.json())
        return found

    def set(self, changes: Mapping[str, Any] | None = None, /, **named: Any) -> Scenario:
        """The scenario with places changed.

        Args:
            changes: New values by dotted key, such as ``{"contract.aws.take_or_pay": 0.5}``; ``None`` removes what is
                there. Values are numbers, texts, dates, lists or dictionaries, as in the file. Entries of lists are found
                by name or by their number from 1. Variants are kept; ``"variant": None`` removes them, which helps where a
                change leaves nothing for them to change.
            named: Keys without a dot, such as ``description="…"``.

        Raises:
            ScenarioError: If a key is unknown, or what comes out is not a valid scenario.
        """
        return _warned(Scenario(self._native.changed(_to_json({**(changes or {}), **named}))), self.warnings)

    def variant(self, name: str) -> Scenario:
        """The scenario that a variant makes, without variants of its own.

        >>> import overhang_risk as oh
        >>> flexible = oh.template().variant("flexible")
        >>> flexible.variants
        []

        Raises:
            KeyError: If there is no variant of this name; :attr:`variants` has all names.
        """
        for of in self.to_dict().get("variant", ()):
            if of["name"] == name:
                changes = {**dict.fromkeys(of.get("remove", ())), **of.get("set", {})}
                return self.set({**changes, "variant": None, "name": f"{self.name}, {name}"})
        raise KeyError(f"there is no variant {name!r}; there are {', '.join(self.variants) or 'none'}")

    def save(self, file: str | os.PathLike[str]) -> None:
        """Writes the scenario as JSON, or as the text that was read if that is in the syntax of the file's name."""
        is_json = str(file).endswith(".json")
        text = self._native.json() if is_json and not self.file.endswith(".json") else self.text
        if not is_json and self.file.endswith(".json"):
            raise ValueError("the scenario is JSON: choose a file name that ends with .json")
        Path(file).write_text(text, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r} from {self.file}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (self.text, self.file))


def load(file: str | os.PathLike[str]) -> Scenario:
    """Reads a scenario file: TOML, or JSON if its name ends with ``.json``.

    Raises:
        ScenarioError: If the file cannot be read or is not a valid scenario.
    """
    return _warned(Scenario(_native.load(os.fspath(file))))


def parse(text: str, name: str = "scenario.toml") -> Scenario:
    """Reads a scenario from its text: TOML, or JSON if ``name`` ends with ``.json``.

    Raises:
        ScenarioError: If the text is not a valid scenario.
    """
    return _warned(Scenario(_native.parse(text, name)))


def template(full: bool = False) -> Scenario:
    """The scenario that ``overhang init`` writes: a small deal to start from, or with ``full`` one with every table and key."""
    return _warned(Scenario(_native.parse(_native.template(full), "deal.toml")))


def to_scenario(of: ScenarioLike) -> Scenario:
    """The scenario that a function was given."""
    if isinstance(of, Scenario):
        return of
    if isinstance(of, Mapping):
        return Scenario.from_dict(of)
    return load(of)


def _unpickled(text: str, name: str) -> Scenario:
    return Scenario(_native.parse(text, name))


def _warned(scenario: Scenario, known: Sequence[Message] = ()) -> Scenario:
    """The scenario, with a warning for what is odd about it and not known already."""
    said = {(of.key, of.title) for of in known}
    for found in scenario.warnings:
        if (found.key, found.title) in said:
            continue
        where = f"{found.file}:{found.line}: " if found.line else f"{found.file}: "
        hint = f"; {found.hint}" if found.hint else ""
        python_warnings.warn(f"{where}{found.title}{hint}", OverhangWarning, stacklevel=3)
    return scenario


def _to_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()[:10]
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{value!r} cannot stand in a scenario")
