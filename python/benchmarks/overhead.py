"""What calls of the package cost beyond the work of the engine.

Run it with an installed package (a release build) on an idle machine::

    python python/benchmarks/overhead.py

A run is timed from outside, from the call of ``oh.run`` to its return. ``run.wall_seconds`` of its document is what the engine's work
took: pilot, paths and estimates. The difference of the two is the overhead: options, the thread that computes, the engine's memory that
is given back, and the result as an object of Python. Changes of a scenario have no such work: all of their time is overhead.

The table has the lowest time of the calls, the median, and the time that nine in ten calls stay below, in milliseconds. The first calls, which load code
and start threads, do not count.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import overhang_risk as oh

WARM = 5


def overhead_of_runs(deal: oh.Scenario, paths: int, calls: int) -> list[float]:
    """Seconds beyond the run, of each call."""
    found = []
    for call in range(WARM + calls):
        started = time.perf_counter()
        result = oh.run(deal, paths=paths, seed=call, backend="cpu", progress=False)
        wall = time.perf_counter() - started
        found.append(wall - result.document["run"]["wall_seconds"])
        # not within the time of the next call
        del result
    return found[WARM:]


def seconds_of(work: Callable[[int], object], calls: int) -> list[float]:
    """Seconds of each call."""
    found = []
    for call in range(WARM + calls):
        started = time.perf_counter()
        work(call)
        found.append(time.perf_counter() - started)
    return found[WARM:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=100, help="timed calls of each kind (default: 100)")
    calls = parser.parse_args().calls
    deal = oh.template()
    rows = {f"run of {paths:,} paths, beyond the run": overhead_of_runs(deal, paths, calls) for paths in (256, 100_000)}
    rows["set"] = seconds_of(lambda call: deal.set({"contract.cloud.take_or_pay": 0.5 + 0.4 * call / (WARM + calls)}), calls)
    rows["variant"] = seconds_of(lambda _: deal.variant("flexible"), calls)
    print(f"{'call':40}{'lowest, ms':>12}{'median, ms':>12}{'90%, ms':>10}")
    for name, seconds in rows.items():
        high = statistics.quantiles(seconds, n=10)[-1]
        print(f"{name:40}{1e3 * min(seconds):12.2f}{1e3 * statistics.median(seconds):12.2f}{1e3 * high:10.2f}")


if __name__ == "__main__":
    main()
