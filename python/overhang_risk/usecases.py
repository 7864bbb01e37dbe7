"""Runs, comparisons and sweeps, with the options of the commands of the same names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from . import _native, arguments
from .models import modelled
from .options import Backend, Construction, Float, Kind, PathLike, Points, Sampling
from .pictures import Picture
from .progress import Progress, bar
from .results import Benchmark, Comparison, RunResult, Sweep
from .scenario import Scenario, ScenarioLike, to_scenario

if TYPE_CHECKING:
    import numpy.typing
    import pandas

    from .models import Model


def run(
    scenario: ScenarioLike,
    *,
    variant: str | None = None,
    paths: float | None = None,
    target: str | Sequence[str] | None = None,
    max_paths: float | None = None,
    max_seconds: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    draws: int | None = None,
    at_centre: bool = False,
    trajectories: PathLike | numpy.typing.NDArray[Any] | Model | None = None,
    backend: Backend | None = None,
    adapter: str | None = None,
    sampling: Sampling | None = None,
    float: Float | None = None,  # noqa: A002, the name of the command line's option
    instructions: str | None = None,
    threads: int | None = None,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
    allow_invalid: bool = False,
    progress: Progress = None,
) -> RunResult:
    """Simulates a scenario and gives its distributions.

    >>> import overhang_risk as oh
    >>> result = oh.run(oh.template(), paths=20_000, seed=7)
    >>> round(result["figures.lab.compute_cost.mean"] / 1e9)
    31

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        variant: Run this variant of the scenario.
        paths: Number of paths; by default 1,000,000, or all paths of ``trajectories``.
        target: Run until the confidence interval of an estimate is this narrow, such as
            ``"bubble.system.probability ± 0.001"``; one or several.
        max_paths: With ``target``, stop at this number of paths.
        max_seconds: With ``target``, stop after this time.
        seed: Seed of the random numbers, by default 1.
        points: Points that the paths are drawn from: ``"independent"`` (default) or quasi-random ones, ``"sobol"``.
        replicates: Independent scrambles of quasi-random points and of parameter sets, by default 16.
        construction: Order in which the dimensions of quasi-random points are spent.
        draws: Parameter sets to draw of a scenario with uncertain inputs, by default 256.
        at_centre: Hold all uncertain inputs at their medians.
        trajectories: The factors, instead of drawing them: a file (.npy, .npz, .parquet), or an array of float32 or float64 of
            shape (paths, periods, factors), with or without a row for period 0. An array is read where it lies.
            Or a function, a custom model: it is given the factors that the engine draws (those of :func:`sample`, with 100,000
            paths by default) as a dictionary of arrays of float32 of shape (paths, periods), and a
            :class:`numpy.random.Generator` that starts from ``seed``. It returns a dictionary of the factors that it replaces,
            as arrays of the same shape. A scenario with uncertain inputs needs ``at_centre=True``.
        backend: ``"auto"`` (default), ``"gpu"`` or ``"cpu"``.
        adapter: The GPU: number, PCI address, vendor:device, part of its name, a list such as ``"0,2"``, or ``"all"``.
        sampling: Where to draw the trajectories, on the ``"device"`` (default) or the ``"host"``.
        float: Floating-point numbers, ``"f32"`` (default) or ``"f64"`` on the CPU.
        instructions: Instruction set of the CPU engine.
        threads: Threads of the CPU engine and of host sampling, by default one per core.
        levels: Levels of value at risk and expected shortfall, by default 0.95 and 0.99.
        quantiles: Quantiles to report.
        allow_invalid: Exclude paths with a figure that is not a number instead of failing.
        progress: ``None`` for a bar in terminals and notebooks if tqdm is there, ``True`` or ``False``, or an object with the
            methods of :class:`overhang_risk.progress.Follower`.

    Raises:
        ScenarioError: If the scenario is not valid.
        UsageError: If arguments contradict each other.
        RunFailed: If the engine fails.
        KeyboardInterrupt: On Ctrl-C, within a fraction of a second.
    """
    options = arguments.given(
        variant=variant, paths=paths, target=target, max_paths=max_paths, max_seconds=max_seconds, seed=seed,
        points=points, replicates=replicates, construction=construction, draws=draws, at_centre=at_centre, backend=backend,
        adapter=adapter, sampling=sampling, float=float, instructions=instructions, threads=threads,
        levels=levels, quantiles=quantiles, allow_invalid=allow_invalid,
    )  # fmt: skip
    read = to_scenario(scenario)
    if callable(trajectories):
        trajectories, options = modelled(trajectories, read, options, progress)
    else:
        arguments.refuse_idle(trajectories, options)
    is_array = hasattr(trajectories, "__array__")
    given = trajectories if trajectories is None or is_array else os.fspath(trajectories)  # type: ignore[arg-type]
    found = _native.run(read._native, options, given, bar(progress))
    told = {**options, "trajectories": "<array>" if is_array else given} if given is not None else options
    return RunResult(found, arguments.command("run", read, told))


def trace(
    scenario: ScenarioLike,
    path: int,
    *,
    variant: str | None = None,
    paths: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    draws: int | None = None,
    at_centre: bool = False,
    float: Float | None = None,  # noqa: A002
    progress: Progress = None,
) -> dict[str, Any]:
    """Computes a single path of a run again and gives its document, period by period.

    >>> import overhang_risk as oh
    >>> found = oh.trace(oh.template(), 17, seed=7)
    >>> found["path"], len(found["periods"])
    (17, 60)

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        path: Its number, from 0.
        paths: Number of paths of the run, which decides what the path is if points are quasi-random or inputs uncertain.

    The other arguments are those of :func:`run`.
    """
    options = arguments.given(
        variant=variant, paths=paths, seed=seed, points=points, replicates=replicates, construction=construction, draws=draws,
        at_centre=at_centre, float=float,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(_native.trace(to_scenario(scenario)._native, path, options, bar(progress)))
    return found


def compare(
    scenarios: ScenarioLike | Sequence[ScenarioLike],
    *,
    variants: Sequence[str] | None = None,
    paths: float | None = None,
    target: str | Sequence[str] | None = None,
    max_paths: float | None = None,
    max_seconds: float | None = None,
    seed: int | None = None,
    points: Points | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    draws: int | None = None,
    at_centre: bool = False,
    batches: int | None = None,
    backend: Backend | None = None,
    adapter: str | None = None,
    sampling: Sampling | None = None,
    float: Float | None = None,  # noqa: A002
    instructions: str | None = None,
    threads: int | None = None,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
    allow_invalid: bool = False,
    progress: Progress = None,
) -> Comparison:
    """Compares scenarios on the same simulated futures.

    >>> import overhang_risk as oh
    >>> deal = oh.template()
    >>> cheaper = deal.set({"contract.cloud.take_or_pay": 0.5, "name": "cheaper"})
    >>> found = oh.compare([deal, cheaper], paths=20_000)
    >>> list(found.document["differences"])
    ['deal (changed)']

    Args:
        scenarios: One scenario, which is compared with its variants, or several, of which the first is the base.
        variants: Variants to compare, in this order; by default all of them, if there is one scenario.
        batches: Batches of independent paths that the standard errors of differences come from, by default 64.

    The other arguments are those of :func:`run`.
    """
    options = arguments.given(
        variants=variants, paths=paths, target=target, max_paths=max_paths, max_seconds=max_seconds, seed=seed,
        points=points, replicates=replicates, construction=construction, draws=draws, at_centre=at_centre, batches=batches,
        backend=backend, adapter=adapter, sampling=sampling, float=float, instructions=instructions,
        threads=threads, levels=levels, quantiles=quantiles, allow_invalid=allow_invalid,
    )  # fmt: skip
    one = isinstance(scenarios, (Scenario, str, os.PathLike, Mapping))
    read = [to_scenario(of) for of in cast("Sequence[ScenarioLike]", [scenarios] if one else scenarios)]
    found = _native.compare([of._native for of in read], options, bar(progress))
    return Comparison(found, arguments.command("compare", read, options))


def sweep(
    scenario: ScenarioLike,
    store: PathLike,
    axes: Mapping[str, str | Iterable[Any]] | None = None,
    *,
    sweep: PathLike | None = None,
    list: PathLike | pandas.DataFrame | Mapping[str, Any] | None = None,  # noqa: A002
    design: Literal["grid", "list", "lhs", "sobol"] | None = None,
    points: int | Points | tuple[int, Points] | None = None,
    replicates: int | None = None,
    construction: Construction | None = None,
    draws: int | None = None,
    at_centre: bool = False,
    independent: bool = False,
    paths: float | None = None,
    target: str | Sequence[str] | None = None,
    max_paths: float | None = None,
    max_seconds: float | None = None,
    seed: int | None = None,
    shard: tuple[int, int] | None = None,
    path_shards: int | None = None,
    batch: int | None = None,
    commit_every: float | None = None,
    backend: Backend | None = None,
    adapter: str | None = None,
    sampling: Sampling | None = None,
    float: Float | None = None,  # noqa: A002
    instructions: str | None = None,
    threads: int | None = None,
    levels: Sequence[float] | None = None,
    quantiles: Sequence[float] | None = None,
    allow_invalid: bool = False,
    progress: Progress = None,
) -> Sweep:
    """Computes many points of a scenario into a store, which an interrupted sweep resumes.

    >>> import overhang_risk as oh, tempfile, os
    >>> store = os.path.join(tempfile.mkdtemp(), "store")
    >>> axes = {"contract.cloud.take_or_pay": [0.5, 0.75, 1.0]}
    >>> found = oh.sweep(oh.template(), store, axes, paths=5_000)
    >>> table = found.table("bubble.lab.probability")
    >>> table.names
    ['point', 'contract.cloud.take_or_pay', 'bubble.lab.probability']
    >>> bool(table["bubble.lab.probability"][0] < table["bubble.lab.probability"][2])
    True

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        store: Folder of the store. An existing store of the same sweep is resumed.
        axes: Values by key of the scenario, or ``variant``: a list, or a text as on the command line, such as
            ``"0.5:1.0:11"`` or ``"normal(0.3, 0.05)"``.
        sweep: Sweep file with the design, axes and paths; arguments override it.
        list: Points: a file (.csv or .parquet) or a table with a column for each key, such as a DataFrame or a dictionary of arrays.
        design: How points are chosen, by default a grid.
        points: Number of points of ``"lhs"`` and ``"sobol"`` designs, or the points that paths are drawn from, or both.
        independent: Use independent random numbers for each point instead of common ones.
        shard: ``(index, count)``: compute only this part of the points; :func:`merge` joins the stores.
        path_shards: Cut the paths of each point into parts, so that shards can share a point.
        batch: Points to compute together.
        commit_every: Seconds of work to write to disk together.

    The other arguments are those of :func:`run`. Ctrl-C keeps the points that are done.

    Raises:
        ScenarioError: If a point is not a valid scenario.
        StoreLocked: If another process is writing to the store.
    """
    count, drawn = arguments.both(points)
    options = arguments.given(
        sweep=None if sweep is None else os.fspath(sweep), design=design,
        count=count, points=drawn, replicates=replicates, construction=construction, draws=draws, at_centre=at_centre,
        independent=independent, paths=paths, target=target, max_paths=max_paths, max_seconds=max_seconds, seed=seed,
        shard=shard, path_shards=path_shards, batch=batch, commit_every=commit_every, backend=backend,
        adapter=adapter, sampling=sampling, float=float, instructions=instructions, threads=threads,
        levels=levels, quantiles=quantiles, allow_invalid=allow_invalid,
    )  # fmt: skip
    read = to_scenario(scenario)
    values = [(key, of if isinstance(of, str) else [*map(arguments.setting, of)]) for key, of in (axes or {}).items()]
    with arguments.points_file(list) as listed:
        options = arguments.given(list=listed, **options)
        return Sweep(_native.sweep(read._native, os.fspath(store), values, options, bar(progress)))


def open_store(store: PathLike) -> Sweep:
    """Opens the store of a sweep, of this package or of the command line, to read it."""
    return Sweep(_native.open_store(os.fspath(store)))


def merge(store: PathLike, shards: Iterable[PathLike], progress: Progress = None) -> Sweep:
    """Joins the stores of shards of one sweep in a store, which may have some of them already.

    Args:
        store: Folder of the store.
        shards: Stores of the shards.
        progress: See :func:`run`. Steps are points.

    Raises:
        UsageError: If they belong to different sweeps.
        StoreLocked: If another process is writing to the store.
    """
    return Sweep(_native.merge(os.fspath(store), [os.fspath(shard) for shard in shards], bar(progress)))


def plot(
    result: RunResult,
    kind: Kind = "distribution",
    of: str | None = None,
    file: PathLike | None = None,
    width: int | None = None,
    progress: Progress = None,
) -> Picture:
    """Draws a chart of a run, as SVG and PNG.

    >>> import overhang_risk as oh
    >>> result = oh.run(oh.template(), paths=2_000)
    >>> oh.plot(result, "fan", "factors.price").title
    'price, bn'

    Args:
        result: A run.
        kind: ``"distribution"``, the histogram of a figure with its mean, value at risk and expected shortfall; ``"exceedance"``, the
            probability of exceeding each of its values; ``"bubble"`` and ``"events"``, probabilities by period; ``"fan"``, quantiles of a
            quantity over time; ``"bursting"``, its mean with and without a burst of the bubble; ``"waterfall"``, the mean cost by
            contract; ``"losses"``, mean losses of vendors. For ``"fan"`` and ``"bursting"``, the first 131,072 paths are computed again.
        of: What to show: ``"OWNER.FIGURE"`` for distribution and exceedance, by default ``"system.commitment_cost"``, or
            ``"vendors.NAME.loss"``; an organization for events; a quantity such as ``"factors.NAME"`` or ``"organizations.NAME.cash"``
            for fan and bursting, by default the first.
        file: File to write (.svg or .png).
        width: Width in pixels, from 300 to 4000, by default 760.
        progress: See :func:`run`.

    Raises:
        UsageError: If the run has no such thing, or there is nothing to draw.
    """
    return result.plot(kind, of, file, width, progress)


def bench(
    scenario: ScenarioLike,
    *,
    paths: float | Sequence[float] | None = None,
    rounds: int | None = None,
    seed: int | None = None,
    adapter: str | None = None,
    progress: Progress = None,
) -> Benchmark:
    """Times the engines of this machine on a scenario, once they are known to agree. Uncertain inputs are held at their medians.

    >>> import overhang_risk as oh
    >>> found = oh.bench(oh.template(), paths=2_000, rounds=1)
    >>> bool(found.table()["seconds"][0] > 0)
    True

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        paths: Number of paths to time, or several of them, by default 1,000,000.
        rounds: Timed runs of each engine after a first, cold one, by default 5. The engines take turns.
        seed: Seed of all draws.
        adapter: GPUs to time: see :func:`run`, by default each hardware GPU alone.
        progress: See :func:`run`.

    Raises:
        RunFailed: If an engine fails, or the engines do not agree.
    """
    options = arguments.given(paths=paths, rounds=rounds, seed=seed, adapter=adapter)
    return Benchmark(_native.bench(to_scenario(scenario)._native, options, bar(progress)))
