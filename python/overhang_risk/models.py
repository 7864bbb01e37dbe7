"""Custom models: functions that replace factors of the trajectories that the engine draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import _native
from .errors import UsageError
from .progress import Progress, bar

if TYPE_CHECKING:
    import numpy
    import numpy.typing

    from .scenario import Scenario

    Factors = Mapping[str, numpy.typing.NDArray[Any]]
    Model = Callable[[dict[str, numpy.typing.NDArray[numpy.float32]], numpy.random.Generator], Factors]

#: Options of a run that decide which trajectories are drawn, and that :func:`overhang_risk.sample` takes, too.
_OF_SAMPLES = ("paths", "seed", "points", "replicates", "construction", "at_centre", "threads")
#: Those of them that a run on trajectories has no use for.
_SPENT = ("paths", "points", "replicates", "construction")


def modelled(
    model: Model, scenario: Scenario, options: Mapping[str, Any], progress: Progress
) -> tuple[numpy.typing.NDArray[numpy.float32], dict[str, Any]]:
    """Trajectories of a model, and the options of a run that are left for a run on them.

    The engine draws trajectories, the model sees them by the names of the factors and returns those that it replaces.

    >>> import numpy as np
    >>> import overhang_risk as oh
    >>> def cheaper(drawn, rng):
    ...     return {"price": 0.9 * drawn["price"]}
    >>> deal = oh.template()
    >>> drawn, rest = modelled(cheaper, deal, {"paths": 1_000, "seed": 7, "levels": [0.9]}, None)
    >>> drawn.shape, rest
    ((1000, 60, 3), {'seed': 7, 'levels': [0.9]})
    >>> bool(np.allclose(drawn[:, :, 0], 0.9 * oh.sample(deal, paths=1_000, seed=7)[:, :, 0]))
    True

    Args:
        model: A function of the factors by name, each an array of float32 of shape (paths, periods) that cannot be written
            to, and a generator of random numbers that starts from ``seed``. It returns a dictionary of the factors that it
            replaces, as arrays of the same shape.
        scenario: The scenario. With uncertain inputs, ``at_centre`` must be among the options.
        options: The options of the run.
        progress: See :func:`overhang_risk.run`.

    Raises:
        UsageError: If the model returns something else, or the options do not suit a model.
    """
    import numpy

    for name in ("variant", "target"):
        if name in options:
            raise UsageError(f"`{name}` cannot be combined with a model", _INSTEAD[name])
    given = {name: value for name, value in options.items() if name in _OF_SAMPLES}
    trajectories = _native.sample(scenario._native, given, bar(progress))
    names = scenario.factors
    drawn = {name: _unwritable(trajectories[:, :, place]) for place, name in enumerate(names)}
    replaced = _checked(model(drawn, numpy.random.default_rng(options.get("seed", 1))), names, trajectories.shape[:2])
    # a model may return what it was given, under another name
    apart = {name: of.copy() if numpy.may_share_memory(of, trajectories) else of for name, of in replaced.items()}
    with numpy.errstate(over="ignore"):  # infinities are reported by the run, with their path and period
        for name, values in apart.items():
            trajectories[:, :, names.index(name)] = values
    return trajectories, {name: value for name, value in options.items() if name not in _SPENT}


_INSTEAD = {
    "variant": "trajectories are drawn of the scenario itself: apply the changes of the variant with `Scenario.set`",
    "target": "a model is given a fixed number of paths: choose it with `paths`",
}


def _unwritable(array: Any) -> Any:
    array.flags.writeable = False
    return array


def _checked(returned: Any, names: list[str], shape: tuple[int, int]) -> dict[str, Any]:
    """What a model returned, if it is a dictionary of factors of this shape."""
    import numpy

    right = f"return a NumPy array of numbers of shape {shape}: paths × periods"
    if not isinstance(returned, Mapping):
        raise UsageError(
            f"the model returned {_described(returned)} instead of a dictionary",
            "return the factors that the model replaces by name, such as {'" + names[-1] + "': values}",
        )
    for name, values in returned.items():
        if name not in names:
            raise UsageError(
                f"the model returned {name!r}, which is not a factor of the scenario",
                f"the factors are {', '.join(names)}",
            )
        if not isinstance(values, numpy.ndarray):
            raise UsageError(f"the model returned {_described(values)} for the factor `{name}`", right)
        if values.dtype.kind not in "fiu":
            raise UsageError(f"the model returned an array of {values.dtype} for the factor `{name}`", right)
        if values.shape != shape:
            raise UsageError(f"the model returned an array of shape {values.shape} for the factor `{name}`", right)
    return dict(returned)


def _described(value: Any) -> str:
    return repr(value) if value is None or isinstance(value, (bool, int, float)) else f"an object of type {type(value).__name__}"
