"""What stands before a run and behind it: checks, fits to histories, and what drives the results."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _native, arguments
from .errors import UsageError
from .options import Backend, Construction, Float, Part, PathLike, Points, Sampling
from .progress import Progress, bar
from .results import Fits, Sensitivity
from .scenario import ScenarioLike, to_scenario
from .table import Table

if TYPE_CHECKING:
    import datetime

    import pandas


def check(scenario: ScenarioLike, *, variants: Sequence[str] = ()) -> dict[str, Any]:
    """What is understood of a scenario, without a run: the document of ``overhang check --format json``."""
    found: dict[str, Any] = json.loads(to_scenario(scenario)._native.check([*variants]))
    return found


def fit(
    history: PathLike | pandas.DataFrame | Any,
    column: str | Sequence[str],
    *,
    process: Literal["auto", "gbm", "ou", "logit_ou"] | None = None,
    jumps: bool = False,
    lower: float | None = None,
    upper: float | None = None,
    name: str | Sequence[str] | None = None,
    start: str | datetime.date | None = None,
    date_format: str | None = None,
    dates: str | None = None,
    bootstrap: int | None = None,
    seed: int | None = None,
    progress: Progress = None,
) -> Fits:
    """Fits processes to histories of prices, with the uncertainty of their parameters.

    Args:
        history: A file (CSV, or Parquet), or a table with named columns, such as a DataFrame of pandas or Polars.
        column: Columns of prices; several also give their correlations.
        process: Process to fit, by default the one with the lowest BIC.
        jumps: Let the process jump.
        lower: Lower bound of a ``logit_ou``, by default 0.
        upper: Upper bound of a ``logit_ou``, by default 1.
        name: Names of the factors, by default those of the columns.
        start: Start date of the scenario, by default the last date of the history.
        date_format: Format of the dates of a file, such as ``%d.%m.%Y``; by default ISO 8601.
        dates: Column of dates, by default the one named ``date``, or the first. An index of dates of pandas is taken, too.
        bootstrap: Parameter sets to draw for errors and intervals, by default 1,000.
        seed: Seed of these draws, by default 1.
        progress: See :func:`run`.

    Raises:
        UsageError: If the history has no such column, or cannot be fitted.
    """
    columns = arguments.listed(column)
    options = arguments.given(
        column=columns, process=process, jumps=jumps, lower=lower, upper=upper, name=name,
        start=None if start is None else [str(start)[:10]], date_format=date_format, dates=dates, bootstrap=bootstrap, seed=seed,
    )  # fmt: skip
    if isinstance(history, (str, os.PathLike)):
        return Fits(_native.fit(os.fspath(history), None, options, bar(progress)))
    return Fits(_native.fit(None, arguments.history_columns(history, columns, dates), options, bar(progress)))


@overload
def sensitivity(
    scenario: ScenarioLike,
    *,
    variant: str | None = None,
    of: str | Sequence[str] | None = None,
    only: Part | Sequence[Part] | None = None,
    range: Mapping[str, tuple[float, float]] | None = None,  # noqa: A002
    all: bool = False,  # noqa: A002
    target: str | Sequence[str] | None = None,
    indices: int | None = None,
    from_store: PathLike | None = None,
    write_list: None = None,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    backend: Backend | None = None,
    adapter: str | None = None,
    sampling: Sampling | None = None,
    float: Float | None = None,  # noqa: A002
    instructions: str | None = None,
    threads: int | None = None,
    allow_invalid: bool = False,
    progress: Progress = None,
) -> Sensitivity: ...


@overload
def sensitivity(
    scenario: ScenarioLike,
    *,
    range: Mapping[str, tuple[float, float]] | None = None,  # noqa: A002
    all: bool = False,  # noqa: A002
    indices: int,
    seed: int | None = None,
    write_list: PathLike,
) -> Table: ...


def sensitivity(
    scenario: ScenarioLike,
    *,
    variant: str | None = None,
    of: str | Sequence[str] | None = None,
    only: Part | Sequence[Part] | None = None,
    range: Mapping[str, tuple[float, float]] | None = None,  # noqa: A002
    all: bool = False,  # noqa: A002
    target: str | Sequence[str] | None = None,
    indices: int | None = None,
    from_store: PathLike | None = None,
    write_list: PathLike | None = None,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    backend: Backend | None = None,
    adapter: str | None = None,
    sampling: Sampling | None = None,
    float: Float | None = None,  # noqa: A002
    instructions: str | None = None,
    threads: int | None = None,
    allow_invalid: bool = False,
    progress: Progress = None,
) -> Sensitivity | Table:
    """Finds what drives the results: tornado, indices, derivatives, break-even values.

    This takes many runs: two for each input of a tornado, and some thirty for each input and target. With fewer ``paths`` it is
    quicker, and errors are larger.

    >>> import overhang_risk as oh
    >>> found = oh.sensitivity(
    ...     oh.template(), range={"contract.cloud.take_or_pay": (0.6, 1.0)}, only="tornado", paths=5_000
    ... )
    >>> [bar["key"] for bar in found.document["tornado"]]
    ['contract.cloud.take_or_pay']

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        variant: Analyse this variant of the scenario.
        of: Numbers of the result to explain, such as ``"figures.system.net_value.mean"``.
        only: Parts of the analysis, by default tornado, chance and targets.
        range: Low and high values of numbers of the file, uncertain or not.
        all: Vary every number of the file by 10%, besides those that are uncertain or have a range.
        target: Find the value of each input at which this holds, such as ``"bubble.system.probability < 0.2"``.
        indices: Compute indices by a design of about so many points for each input.
        from_store: Take the runs of ``indices`` from the store of a sweep over that design.
        write_list: Write the runs of ``indices`` to this file (.parquet), compute nothing, and return them as a table with a column for
            each input: the points of :func:`sweep`, which takes the file or the table as ``list``.

    The other arguments are those of :func:`run`.
    """
    ranges = [f"{key}={low!r}:{high!r}" for key, (low, high) in arguments.plain_ranges(range)] or None
    options = arguments.given(
        variant=variant, of=of, only=only, range=ranges, all=all, target=target, indices=indices,
        from_store=None if from_store is None else os.fspath(from_store), paths=paths, seed=seed, points=points,
        replicates=replicates, construction=construction, backend=backend, adapter=adapter, sampling=sampling,
        float=float, instructions=instructions, threads=threads, allow_invalid=allow_invalid,
    )  # fmt: skip
    read = to_scenario(scenario)
    if write_list is not None:
        refuse_beside_list(options)
        return Table(_native.index_runs(read._native, os.fspath(write_list), options))
    found = _native.sensitivity(read._native, options, bar(progress))
    return Sensitivity(found, arguments.command("sensitivity", read, options))


def refuse_beside_list(options: Mapping[str, Any]) -> None:
    """Refuses what a list of runs has no use for."""
    if "indices" not in options:
        raise UsageError("write_list writes the runs of indices, whose number is not given", "add indices=1024, for example")
    for name in ("variant", "from_store"):
        if name in options:
            raise UsageError(f"{name} cannot stand beside write_list", f"leave out {name}")
