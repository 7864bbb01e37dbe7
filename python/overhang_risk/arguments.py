"""Arguments of functions as the native part takes them."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .errors import UsageError
from .scenario import Scenario


#: Options of which there may be several.
SEVERAL = {"adapter", "instructions", "name", "of", "only", "target"}


def given(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    found = {name: plain(value) for name, value in options.items() if value is not None and value is not False}
    return {name: listed(value) if name in SEVERAL else value for name, value in found.items()}


def plain(value: Any) -> Any:
    """Numbers of NumPy as numbers of Python."""
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


def listed(value: Any) -> list[Any]:
    """One text, or several."""
    return [value] if isinstance(value, str) else [*value]


def setting(value: Any) -> Any:
    """A value of an axis: a number, or a text."""
    value = plain(value)
    return value if isinstance(value, (int, float, str)) else str(value)


def both(points: Any) -> tuple[int | None, str | None]:
    """The number of points of a design, and the set that paths are drawn from."""
    number: int | None = None
    drawn: str | None = None
    for one in points if isinstance(points, tuple) else (points,):
        if isinstance(one, str):
            drawn = one
        elif one is not None:
            number = one
    return number, drawn


def plain_ranges(ranges: Mapping[str, tuple[float, float]] | None) -> Iterable[tuple[str, tuple[float, float]]]:
    """Ranges as numbers of Python."""
    return ((key, (float(low), float(high))) for key, (low, high) in (ranges or {}).items())


def history_columns(table: Any, columns: Sequence[str], dates: str | None) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """Columns of a table in memory as dates and prices."""
    if not hasattr(table, "columns"):
        raise UsageError(f"the history is of type {type(table).__name__}", "give a file or a table with named columns, such as a DataFrame")
    known = [str(name) for name in table.columns]
    missing = [name for name in [*columns, *([dates] if dates else [])] if name not in known]
    if missing:
        raise UsageError(f"the table has no column `{missing[0]}`", f"its columns are {', '.join(known)}")
    index: Any = getattr(table, "index", None)
    if dates is None and "date" not in known and hasattr(index, "year"):
        found = index
    else:
        found = table[dates or ("date" if "date" in known else known[0])]
    prices = [(name, [None if of is None else float(of) for of in table[name].to_list()]) for name in columns]
    return [str(date)[:10] for date in found.to_list()], prices


@contextmanager
def points_file(points: Any) -> Iterator[str | None]:
    """The file of a list of points: the one that is named, or one that is written for a table in memory."""
    if points is None or isinstance(points, (str, os.PathLike)):
        yield None if points is None else os.fspath(points)
        return
    is_table = hasattr(points, "__arrow_c_stream__") and hasattr(points, "names")
    names = [*points] if isinstance(points, Mapping) or is_table else [*getattr(points, "columns", ())]
    if not names:
        raise UsageError(
            f"list is of type {type(points).__name__}", "give a file or a table with a column for each key, such as a DataFrame"
        )
    columns = [[setting(value) for value in points[name]] for name in names]
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "points.csv")
        with open(file, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([names, *zip(*columns)])
        yield file


#: What has no effect where the factors are given.
IDLE = ("seed", "points", "replicates", "construction", "sampling", "draws")


def refuse_idle(trajectories: Any, options: Mapping[str, Any]) -> None:
    """Refuses trajectories of a wrong type, and options that have no effect beside them."""
    if trajectories is None:
        return
    if not isinstance(trajectories, (str, os.PathLike)) and not hasattr(trajectories, "__array__"):
        raise UsageError(
            f"trajectories is of type {type(trajectories).__name__}",
            "give a file, an array of shape (paths, periods, factors), or a function that makes one from what is drawn",
        )
    for name in IDLE:
        if name in options:
            raise UsageError(f"{name} has no effect, because trajectories gives the factors", f"leave out {name}")


def command(function: str, read: Scenario | Sequence[Scenario], options: Mapping[str, Any]) -> str:
    """The call, for the page that shows it."""
    files = repr(read.file) if isinstance(read, Scenario) else repr([of.file for of in read])
    return f"overhang_risk.{function}({', '.join([files, *(f'{key}={value!r}' for key, value in options.items())])})"
