"""Times JAX, numba and overhang on one scenario, in turn, once their figures are known to agree. See `run --help`."""

import argparse
import json
import statistics
import subprocess
import sys
import time

import numpy as np

import scenario

JOINT_ERRORS = 5.0  # of some 40 comparisons, one in 40,000 runs would be further off by chance


class Overhang:
    """The program itself, started anew for each run; its own clock, from the scenario's plan to the result."""

    def __init__(self, program, file, name, options):
        self.name, self.command = name, [program, "run", file, "--format", "json", "--quiet", *options]

    def document(self, paths, seed):
        command = [*self.command, "--paths", str(paths), "--seed", str(seed + 1)]
        done = subprocess.run(command, stdout=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"error: {' '.join(command)} ended with {done.returncode}")
        return json.loads(done.stdout)

    def seconds(self, paths, seed):
        return self.document(paths, seed)["run"]["wall_seconds"] / paths

    def seconds_in_all(self, seed):
        """Of a run that its options end."""
        done = subprocess.run([*self.command, "--seed", str(seed + 1)], stdout=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"error: {' '.join(self.command)} ended with {done.returncode}")
        return json.loads(done.stdout)["run"]["wall_seconds"]


class Timed:
    """A peer; compiled and warm before it is timed."""

    def __init__(self, peer):
        self.name, self.peer = peer.name, peer

    def seconds(self, paths, seed):
        started = time.perf_counter()
        total, *_ = self.peer.run(paths, seed)
        return (time.perf_counter() - started) / total


def numbers(tables, document):
    """Name, mean and standard error of all figures, and probabilities, of a result document, in the peers' order."""
    figures = document["figures"][tables.name]
    rows = [(name, figures[name]["mean"], figures[name]["se"]) for name in scenario.FIGURES]
    for contract in tables.contracts:
        for name in ("commitment_cost", "stranded_cost"):
            figure = document["contracts"][contract.name][name]
            rows.append((f"{contract.name} {name}", figure["mean"], figure["se"]))
    paths = document["provenance"]["paths"]
    events = [(event.name, document["events"][tables.name][event.name]) for event in tables.events]
    for name, event in [*events, ("bubble", document["bubble"][tables.name])]:
        p = event["probability"]
        rows.append((name, p, (p * (1 - p) / paths) ** 0.5))
    return rows


def agree(tables, ours, peer, paths):
    """The farthest difference in joint standard errors; ends the program if it is too far."""
    total, means, variances, counts = peer.run(paths, 99)
    p = counts.sum(0) / total
    theirs = np.concatenate([means, p])
    errors = np.concatenate([np.sqrt(np.maximum(variances, 0) / total), np.sqrt(p * (1 - p) / total)])
    farthest = 0.0
    for (name, mean, se), other, error in zip(ours, theirs, errors, strict=True):
        # what does not vary agrees to a float's digits
        off = abs(mean - other) / max((se**2 + error**2) ** 0.5, 1e-6 * abs(mean), 1e-12)
        if off > JOINT_ERRORS:
            sys.exit(f"error: {peer.name} does not agree: {name} is {other:.6g}, not {mean:.6g}: {off:.1f} joint errors")
        farthest = max(farthest, off)
    return farthest


def targets(name, document):
    """Targets of a precise answer, each with the plain paths that it takes: what it needs if the variance falls as 1/n."""
    figures = document["figures"][name]
    cost, shortfall = figures["compute_cost"], figures["commitment_cost"]["shortfall"]["0.95"]
    bubble = document["bubble"][name]
    half = lambda low, high: (high - low) / 2
    wanted = [
        (f"figures.{name}.compute_cost.mean ± 0.01%", 1.96 * cost["se"], 1e-4 * abs(cost["mean"])),
        (
            f"figures.{name}.commitment_cost.shortfall.0.95 ± 0.05%",
            half(shortfall["low"], shortfall["high"]),
            5e-4 * abs(shortfall["value"]),
        ),
        (f"bubble.{name}.probability ± 0.001", half(bubble["low"], bubble["high"]), 1e-3),
    ]
    paths = document["provenance"]["paths"]
    return [(target, paths * (now / then) ** 2) for target, now, then in wanted]


def answers(options, tables, document, times):
    """Seconds to a precise answer: ours measured, the peers' from their speed and the plain paths that the answer takes."""
    print(f"\n{'seconds to an answer':56}{'plain paths':>14}{'ours':>8}{'Sobol':>8}   times ours with Sobol points")
    for target, plain in targets(tables.name, document):
        own = {}
        for points in ("independent", "sobol"):
            more = ["--backend", "cpu", "--target", target, "--points", points]
            runs = [Overhang(options.program, options.file, "", more).seconds_in_all(turn) for turn in range(options.rounds)]
            own[points] = statistics.median(runs)
        theirs = {
            name: statistics.median(nanoseconds) * 1e-9 * tables.n * plain
            for name, nanoseconds in times.items()
            if not name.startswith("overhang")
        }
        ratios = ", ".join(f"{name} {seconds / own['sobol']:.0f}" for name, seconds in theirs.items())
        print(f"{target:56}{plain:14.0f}{own['independent']:8.3f}{own['sobol']:8.3f}   {ratios}")


def main():
    parser = argparse.ArgumentParser(description="Times JAX, numba and overhang on one scenario")
    parser.add_argument("file", nargs="?", default="tests/cases/one-lab.toml", help="scenario of one organization")
    parser.add_argument("--program", default="target/release/overhang")
    parser.add_argument("--paths", type=float, default=1e6)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--adapter", action="append", default=[], help="also a GPU adapter, by a part of its name")
    parser.add_argument("--json", help="file for what was measured")
    options = parser.parse_args()
    paths, tables = int(options.paths), scenario.load(options.file)

    own = lambda name, *more: Overhang(options.program, options.file, name, more)
    contenders = [own("overhang", "--backend", "cpu"), own("overhang, 1 thread", "--backend", "cpu", "--threads", "1")]
    for adapter in options.adapter:
        for sampling in ("device", "host"):
            contenders.append(own(f"{adapter}, {sampling}", "--adapter", adapter, "--sampling", sampling))
    document = contenders[0].document(paths, 0)
    ours = numbers(tables, document)

    import jax_model
    import numba_model

    for peer in (
        jax_model.Peer(tables),
        jax_model.Peer(tables, "threefry2x32"),
        numba_model.Peer(tables),
    ):
        farthest = agree(tables, ours, peer, paths)
        print(f"{peer.name} agrees: {len(ours)} figures, farthest {farthest:.1f} joint errors", file=sys.stderr)
        contenders.append(Timed(peer))

    times = {contender.name: [] for contender in contenders}
    for turn in range(options.rounds):
        for contender in contenders:
            times[contender.name].append(contender.seconds(paths, turn) / tables.n * 1e9)
    base = times["overhang"]
    print(f"{document['provenance']['scenario']}, {paths} paths of {tables.n} periods, {options.rounds} rounds in turn")
    print(f"overhang: {document['run']['instruction_set']}, {document['run']['threads']} threads")
    print(f"\n{'':24}{'ns per path and period':>24}{'times ours':>12}{'range':>16}")
    for name, own_times in times.items():
        ratios = [other / ours for other, ours in zip(own_times, base)]
        spread = f"[{min(ratios):.2f}, {max(ratios):.2f}]"
        print(f"{name:24}{statistics.median(own_times):24.1f}{statistics.median(ratios):12.2f}{spread:>16}")
    answers(options, tables, document, times)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"provenance": document["provenance"], "run": document["run"], "nanoseconds": times}, file, indent=1)


if __name__ == "__main__":
    main()
