"""Trajectories as arrays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, overload

from . import _native, arguments
from .options import Construction, PathLike, Points
from .progress import Progress, bar
from .scenario import ScenarioLike, to_scenario

if TYPE_CHECKING:
    import numpy
    import numpy.typing


@overload
def sample(
    scenario: ScenarioLike,
    *,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    at_centre: bool = False,
    threads: int | None = None,
    out: None = None,
    progress: Progress = None,
) -> numpy.typing.NDArray[numpy.float32]: ...


@overload
def sample(
    scenario: ScenarioLike,
    *,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    at_centre: bool = False,
    threads: int | None = None,
    out: PathLike,
    progress: Progress = None,
) -> int: ...


def sample(
    scenario: ScenarioLike,
    *,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    at_centre: bool = False,
    threads: int | None = None,
    out: PathLike | None = None,
    progress: Progress = None,
) -> numpy.typing.NDArray[numpy.float32] | int:
    """Draws the trajectories that the engine itself would draw.

    >>> import overhang_risk as oh
    >>> deal = oh.template()
    >>> drawn = oh.sample(deal, paths=1_000, seed=7)
    >>> drawn.shape == (1_000, deal.periods, len(deal.factors)), drawn.dtype.name
    (True, 'float32')
    >>> own = oh.run(deal, trajectories=drawn)
    >>> own["figures.lab.compute_cost.mean"] == oh.run(deal, paths=1_000, seed=7)["figures.lab.compute_cost.mean"]
    True

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        paths: Number of paths, by default 100,000.
        out: Write them to this file (.npy or .parquet) instead, which must not exist.

    The other arguments are those of :func:`run`.

    Returns:
        An array of shape (paths, periods, factors) with the factors in the order of :attr:`Scenario.factors`, each at the end of
        the period; or the number of paths that were written.
    """
    options = arguments.given(
        paths=paths, seed=seed, points=points, replicates=replicates, construction=construction, at_centre=at_centre,
        threads=threads, out=None if out is None else os.fspath(out),
    )  # fmt: skip
    found: numpy.typing.NDArray[numpy.float32] | int = _native.sample(to_scenario(scenario)._native, options, bar(progress))
    return found
