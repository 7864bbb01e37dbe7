"""Risk engine for long-term compute commitments.

Take-or-pay contracts for computing power run for years, while the price of compute, its use and what use
earns are uncertain. This package simulates millions of futures of a scenario, on the CPU or a GPU, and gives
the distribution of the total commitment cost and the bubble-risk probability, with their errors.

>>> import overhang_risk as oh
>>> deal = oh.template()
>>> result = oh.run(deal, paths=20_000, seed=7)
>>> 0 < result["bubble.system.probability"] < 1
True

The functions take the options of the command line under the same names, and give the same numbers, bit for bit.
"""

from . import errors
from ._native import __version__
from .errors import (
    OverhangError,
    OverhangWarning,
    RunFailed,
    ScenarioError,
    Stopped,
    StoreLocked,
    UsageError,
)
from .adapters import Adapter, devices
from .analysis import check, fit, sensitivity
from .pictures import Picture
from .results import Benchmark, Comparison, Fits, RunResult, Sensitivity, Sweep
from .scenario import Scenario, load, parse, template
from .table import Table
from .trajectories import sample
from .usecases import bench, compare, merge, open_store, plot, run, sweep, trace

__all__ = [
    "Adapter",
    "Benchmark",
    "Comparison",
    "Fits",
    "OverhangError",
    "OverhangWarning",
    "Picture",
    "RunFailed",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "Sensitivity",
    "Stopped",
    "StoreLocked",
    "Sweep",
    "Table",
    "UsageError",
    "__version__",
    "bench",
    "check",
    "compare",
    "devices",
    "errors",
    "fit",
    "load",
    "merge",
    "open_store",
    "parse",
    "plot",
    "run",
    "sample",
    "sensitivity",
    "sweep",
    "template",
    "trace",
]
