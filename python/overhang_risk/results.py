"""Results: documents, tables and pictures."""

from __future__ import annotations

import difflib
import html
import json
import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _native as native
from . import arguments
from .options import Kind, PathLike
from .pictures import Picture
from .progress import Progress, bar
from .table import Table

if TYPE_CHECKING:
    import matplotlib.axes
    import numpy

#: The numbers of a point that :meth:`Sweep.table` has if none are named.
MAIN_KEYS = (
    "figures.system.commitment_cost.mean",
    "figures.system.commitment_cost.shortfall.0.95",
    "figures.system.net_value.mean",
    "bubble.system.probability",
)


class _Document:
    """A result that is a document."""

    _native: Any

    def to_json(self) -> str:
        """The document as the command line prints it with ``--format json``."""
        text: str = self._native.json()
        return text

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as a dictionary."""
        found: dict[str, Any] = json.loads(self.to_json())
        return found

    def _page(self) -> str:
        page: str = self._native.page("")
        return page

    def _repr_html_(self) -> str:
        return _framed(self._page())


class RunResult(_Document):
    """What a run found.

    >>> import overhang_risk as oh
    >>> result = oh.run(oh.template(), paths=20_000, seed=7)
    >>> cost = result.document["figures"]["lab"]["commitment_cost"]
    >>> cost["mean"] == result["figures.lab.commitment_cost.mean"]
    True
    """

    _native: native.RunResult

    def __init__(self, found: native.RunResult, command: str) -> None:
        self._native = found
        self._command = command

    def __getitem__(self, key: str) -> float | None:
        """A number of the document by its key, such as ``bubble.system.probability``; ``None`` where it is undefined.

        Raises:
            KeyError: If the document has no such number; :meth:`numbers` has all keys.
        """
        return _number(self._native, key, self.numbers)

    def numbers(self) -> dict[str, float | None]:
        """All numbers of the document by their keys; ``None`` where they are undefined."""
        return dict(self._native.numbers())

    def distributions(self) -> Table:
        """Quantiles, value at risk, expected shortfall, exceedance curves and histograms of all figures."""
        return Table(self._native.distributions())

    def term_structures(self) -> Table:
        """Cumulative probabilities of bubbles and events by period."""
        return Table(self._native.term_structures())

    def parameters(self) -> Table | None:
        """The parameter sets and what they gave, a row for each; ``None`` without uncertain inputs."""
        found = self._native.parameters()
        return None if found is None else Table(found)

    def paths(self, count: int = 10_000, progress: Progress = None) -> Table:
        """Figures and event times of the first paths, a row for each. They are computed again."""
        return Table(self._native.paths(count, bar(progress)))

    def profile(self, progress: Progress = None) -> Table:
        """Quantities over time of the first 131,072 paths: prices, use, returns, cash. They are computed again."""
        return Table(self._native.profile(bar(progress)))

    def report(self, file: PathLike, drivers: bool = False, progress: Progress = None) -> None:
        """Writes the report of the run: an HTML page, or its tables as a workbook if the name ends with ``.xlsx``.

        Args:
            file: It is replaced if it exists.
            drivers: Show what drives the results: the uncertain inputs, or every number of the file by 10% if there are none. This
                takes two runs or more for each of them, with a tenth of the paths.
            progress: See :func:`overhang_risk.run`.
        """
        self._native.report(os.fspath(file), self._command, drivers, bar(progress))

    def save(
        self,
        folder: PathLike,
        force: bool = False,
        save_paths: int | None = None,
        progress: Progress = None,
    ) -> None:
        """Writes the folder that ``overhang run --out`` writes: the document, the scenario, and Parquet files.

        Args:
            folder: It must not exist, or be empty.
            force: Replace the folder of an earlier run.
            save_paths: Also write the figures of so many of the first paths.
            progress: See :func:`run`.
        """
        self._native.save(os.fspath(folder), force, save_paths, bar(progress))

    def plot(
        self,
        kind: Kind = "distribution",
        of: str | None = None,
        file: PathLike | None = None,
        width: int | None = None,
        progress: Progress = None,
    ) -> Picture:
        """Draws a chart as ``overhang plot`` does. The arguments are those of :func:`overhang_risk.plot`."""
        options = arguments.given(kind=kind, width=width)
        picture = Picture(self._native.picture(of, options, bar(progress)))
        if file is not None:
            picture.save(file)
        return picture

    def plot_histogram(
        self,
        figure: str = "commitment_cost",
        owner: str = "system",
        ax: matplotlib.axes.Axes | None = None,
    ) -> matplotlib.axes.Axes:
        """Draws the histogram of a figure with Matplotlib.

        Args:
            figure: Such as ``net_value``.
            owner: ``system``, or an organization.
            ax: Where to draw; new axes by default.
        """
        import matplotlib.pyplot as plt

        found = self.document["figures"][owner][figure]
        axes: matplotlib.axes.Axes = ax if ax is not None else plt.subplots()[1]
        edges, counts = found["histogram"]["edges"], found["histogram"]["counts"]
        axes.stairs(counts, edges, fill=True, alpha=0.6)
        axes.axvline(found["mean"], color="black", linewidth=1)
        axes.set_xlabel(f"{figure.replace('_', ' ')} of {owner}, {found['unit']}")
        axes.set_ylabel("paths")
        axes.set_title(self.document["provenance"]["scenario"])
        return axes

    def plot_bubble(self, owner: str = "system", ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draws the probability that the bubble has burst, over time, with its confidence interval."""
        import matplotlib.pyplot as plt

        terms = self.term_structures().to_pandas()
        terms = terms[(terms.kind == "bubble") & (terms.owner == owner)]
        axes: matplotlib.axes.Axes = ax if ax is not None else plt.subplots()[1]
        axes.fill_between(terms.year, 100 * terms.low, 100 * terms.high, alpha=0.3, linewidth=0)
        axes.plot(terms.year, 100 * terms.probability)
        axes.set_xlabel("years")
        axes.set_ylabel(f"bubble of {owner} has burst, %")
        axes.set_title(self.document["provenance"]["scenario"])
        return axes

    def _page(self) -> str:
        return self._native.brief()

    def __repr__(self) -> str:
        of = self.document["provenance"]
        return f"<RunResult of {of['scenario']!r}, {of['paths']} paths>"


class Comparison(_Document):
    """Scenarios beside each other under common random numbers, and the differences of each from the first."""

    _native: native.Comparison

    def __init__(self, found: native.Comparison, command: str) -> None:
        self._native = found
        self._command = command

    def __getitem__(self, key: str) -> float | None:
        """A number by its key, such as ``differences.lean.bubble.system.probability.value``."""
        return _number(self._native, key, dict)

    def differences(self) -> Table:
        """The differences as a table: scenario, key, value, standard error, interval, p-value, unit, and whether it is significant."""
        return Table(self._native.differences())

    def report(self, file: PathLike, progress: Progress = None) -> None:
        """Writes the report: an HTML page, or its tables as a workbook if the name ends with ``.xlsx``.

        The charts over time take the first paths of each scenario again.

        Args:
            file: It is replaced if it exists.
            progress: See :func:`overhang_risk.run`.
        """
        self._native.report(os.fspath(file), self._command, bar(progress))


class Sensitivity(_Document):
    """What drives the results."""

    _native: native.Sensitivity

    def __init__(self, found: native.Sensitivity, command: str) -> None:
        self._native = found
        self._command = command

    def parameters(self) -> Table | None:
        """The parameter sets and their outputs, a row for each, if inputs were drawn."""
        found = self._native.parameters()
        return None if found is None else Table(found)

    def design(self) -> Table | None:
        """The runs of the design for indices with their outputs, in the order of SALib."""
        found = self._native.design()
        return None if found is None else Table(found)

    def report(self, file: PathLike) -> None:
        """Writes the report: an HTML page, or its tables as a workbook if the name ends with ``.xlsx``."""
        self._native.report(os.fspath(file), self._command)

    def save(self, folder: PathLike, force: bool = False) -> None:
        """Writes the folder that ``overhang sensitivity --out`` writes."""
        self._native.save(os.fspath(folder), force)


class Fits(_Document):
    """Factors that were fitted to histories."""

    _native: native.Fits

    def __init__(self, found: native.Fits) -> None:
        self._native = found

    @property
    def toml(self) -> str:
        """``[[factor]]`` and ``[[uncertain]]`` entries to paste into a scenario."""
        return self._native.toml

    def to_dict(self) -> dict[str, Any]:
        """The entries of :attr:`toml` as a dictionary, a part of what :meth:`Scenario.from_dict` takes: ``factor`` and ``uncertain`` are
        lists of dictionaries; several columns also have ``correlation``, and dependent parameters ``uncertain_correlation``."""
        found: dict[str, Any] = json.loads(self._native.entries())
        return found

    def report(self, file: PathLike) -> None:
        """Writes the report with history, fan and residuals: an HTML page, or its tables as a workbook if the name ends with ``.xlsx``."""
        self._native.report(os.fspath(file))

    def _page(self) -> str:
        return self._native.page()


class Benchmark(_Document):
    """What the engines of a machine cost on a scenario."""

    _native: native.Timings

    def __init__(self, found: native.Timings) -> None:
        self._native = found

    def table(self) -> Table:
        """A row for each engine and number of paths: seconds of a cold run, the median, lowest and highest seconds of the warm ones, and
        seconds until the mean of the total commitment cost, or its 99% expected shortfall, has a standard error of 0.1%. ``different`` is
        the share of paths that differ from those of the first engine by more than rounding."""
        return Table(self._native.table())

    def text(self, earlier: Benchmark | None = None, width: int = 100) -> str:
        """The table that the command line prints.

        Args:
            earlier: Also show how its times compare.
            width: Characters of a line.
        """
        return self._native.text(width, None if earlier is None else earlier._native)

    def report(self, file: PathLike) -> None:
        """Writes the report: an HTML page, or its tables as a workbook if the name ends with ``.xlsx``."""
        self._native.report(os.fspath(file))

    def _page(self) -> str:
        return self._native.page()

    def __str__(self) -> str:
        return self.text()


class Sweep:
    """The store of a sweep: results of the points that are done."""

    def __init__(self, found: native.Sweep) -> None:
        self._native = found

    @property
    def store(self) -> str:
        """The folder."""
        return str(self._native.store)

    @property
    def points(self) -> int:
        """The number of points of the design."""
        return self._native.points

    @property
    def done(self) -> int:
        """The number of points that are done."""
        return self._native.done

    @property
    def failed(self) -> list[int]:
        """The points that failed."""
        return self._native.failed

    @property
    def out_of_time(self) -> bool:
        """Whether ``max_seconds`` were over before everything was computed."""
        return self._native.out_of_time

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What determines the results: scenario, design, paths, seed, engine."""
        found: dict[str, Any] = json.loads(self._native.manifest())
        return found

    @property
    def axes(self) -> list[str]:
        """The keys of the axes."""
        return self._native.axes

    def table(self, *keys: str) -> Table:
        """A row for each point that is done: its number, its values of the axes, and these numbers of its result.

        Args:
            keys: Such as ``bubble.system.probability``, ``bubble.system.low``; by default the main figures of the system.
        """
        return Table(self._native.table([key for key in keys or MAIN_KEYS if key not in self.axes]))

    def to_numpy(self, *keys: str) -> numpy.ndarray:
        """These numbers as an array of shape (points, keys), in the order of the points that are done. Keys of axes may be among them."""
        import numpy

        keys = keys or MAIN_KEYS
        table = self.table(*keys)
        return numpy.column_stack([table[key] for key in keys])

    def report(self, file: PathLike, figure: str = "commitment_cost") -> None:
        """Writes the page of the points that are done: response surfaces, responses by axis, and the efficient frontier.

        Args:
            file: An HTML page, or a workbook of its tables if the name ends with ``.xlsx``; it is replaced if it exists.
            figure: The figure of the system that its charts show, such as ``net_value``.
        """
        self._native.report(os.fspath(file), figure)

    def __repr__(self) -> str:
        return f"<Sweep of {self.points} points in {self.store}, {self.done} done>"


def _number(of: Any, key: str, known: Callable[[], dict[str, Any]]) -> float | None:
    """A number by its key, or an error that names similar keys."""
    try:
        found: float | None = of.get(key)
    except KeyError:
        near = difflib.get_close_matches(key, known(), 3)
        hint = f"did you mean {' or '.join(near)}?" if near else "numbers() has all keys of a run"
        raise KeyError(f"{key} is not a number of the document; {hint}") from None
    return found


def _framed(page: str) -> str:
    """A page as a frame of its own in a notebook."""
    text = html.escape(page, quote=True)
    return f'<iframe srcdoc="{text}" style="width: 100%; height: 640px; border: 0" title="overhang"></iframe>'
