"""The known cases of docs/points.md, written for NumPy and SciPy from the definitions of their payoffs.

    pip install numpy==2.4.6 scipy==1.17.1
    python scipy_points.py > scipy.json

Writes the exact value of every case, the variance of one path, and the variances of means of scrambled Sobol points by number of points.
"""

import json
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

REPLICATES = 256
POWERS = range(10, 17)
PERIODS, SIGMA, LOW, HIGH = 32, 0.3 / np.sqrt(32), 0.5, 1.5


def time(normals):
    return np.cumsum(normals, axis=1)


def bridge(normals):
    """The walk at the end of the horizon, then in the middle of each gap, level by level."""
    points, periods = normals.shape
    walk = np.zeros((points, periods + 1))
    walk[:, periods] = np.sqrt(periods) * normals[:, 0]
    gaps, used = [(0, periods)], 1
    while gaps := [(a, b) for a, b in gaps if b - a > 1]:
        finer = []
        for a, b in gaps:
            middle = a + (b - a + 1) // 2
            share = (middle - a) / (b - a)
            mean = (1 - share) * walk[:, a] + share * walk[:, b]
            walk[:, middle] = mean + np.sqrt(share * (b - middle)) * normals[:, used]
            used += 1
            finer += [(a, middle), (middle, b)]
        gaps = finer
    return walk[:, 1:]


def price(walk, drift, sigma):
    steps = np.arange(1, walk.shape[1] + 1)
    return np.exp((drift - sigma**2 / 2) * steps + sigma * walk)


def asian(walk, drift, sigma):
    return np.maximum(price(walk, drift, sigma).mean(axis=1) - 1, 0)


def of_32(walk):
    """Every payoff of 32 periods."""
    s = price(walk, 0, SIGMA)
    inside = ((s > LOW) & (s < HIGH)).all(axis=1)
    before = np.concatenate([np.ones((len(s), 1)), s[:, :-1]], axis=1)
    return {
        "asian-32": asian(walk, 0, SIGMA),
        "knock-out": np.maximum(s[:, -1] - 1, 0) * inside,
        "barrier": (~inside).astype(float),
        "digital": (s[:, -1] > 1).astype(float),
        "falls": (s * (s < before)).sum(axis=1),
    }


def of_12(walk):
    return {"asian": asian(walk, 0.05 / 12, 0.5 / np.sqrt(12))}


GROUPS = [(12, of_12), (PERIODS, of_32)]


def means(replicate):
    """Means by case, construction and power of two, of a scramble for each power."""
    found = {}
    for power in POWERS:
        for dimensions, payoffs in GROUPS:
            rng = np.random.default_rng([2026, dimensions, power, replicate])
            normals = ndtri(qmc.Sobol(dimensions, scramble=True, bits=32, rng=rng).random_base2(power))
            for construction in (time, bridge):
                for case, values in payoffs(construction(normals)).items():
                    found[case, construction.__name__, power] = values.mean()
    return found


def path_variances():
    """Variances of one path, from independent ones."""
    rng = np.random.default_rng(2027)
    rows = {}
    for _ in range(64):
        for dimensions, payoffs in GROUPS:
            for case, values in payoffs(time(rng.standard_normal((1 << 16, dimensions)))).items():
                rows.setdefault(case, []).append(values)
    return {case: float(np.concatenate(values).var()) for case, values in rows.items()}


def call(mean, deviation, strike):
    """E[max(X − strike, 0)] of a lognormal."""
    d = np.log(mean / strike) / deviation + deviation / 2
    return mean * ndtr(d) - strike * ndtr(d - deviation)


def density(x, mean, deviation):
    return np.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))


def asian_exact(periods, drift, sigma):
    """R₁(1 + R₂(1 + … Rₙ)) is the sum of the prices (Carverhill and Clewlow 1990): densities of its logarithm from the inside out, by
    trapezoids that narrow as the steps do, and the first step in closed form."""
    m = drift - sigma**2 / 2
    x = np.arange(-10 * sigma * np.sqrt(periods), np.log(periods) + 10 * sigma * np.sqrt(periods), sigma / 3)
    f = density(x, m, sigma)
    for _ in range(periods - 2):
        f = density(x[:, None], m + np.log1p(np.exp(x)), sigma) @ f * (x[1] - x[0])
    return float((f * call((1 + np.exp(x)) * np.exp(drift), sigma, periods)).sum() * (x[1] - x[0]) / periods)


def corridor():
    """The logarithm's density within the barriers, by Gauss's quadrature."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    a, b = np.log(LOW), np.log(HIGH)
    x, w, m = (a + b) / 2 + (b - a) / 2 * nodes, (b - a) / 2 * weights, -(SIGMA**2) / 2
    f = density(x, m, SIGMA)
    for _ in range(PERIODS - 1):
        f = density(x[:, None], x + m, SIGMA) @ (f * w)
    # the strike lies within: what is above it has a quadrature of its own
    y, v = b / 2 + b / 2 * nodes, b / 2 * weights
    g = density(x, m, SIGMA)
    for _ in range(PERIODS - 2):
        g = density(x[:, None], x + m, SIGMA) @ (g * w)
    last = density(y[:, None], x + m, SIGMA) @ (g * w)
    return 1 - float(f @ w), float(((np.exp(y) - 1) * last) @ v)


def exact():
    hit, knock_out = corridor()
    return {
        "asian": asian_exact(12, 0.05 / 12, 0.5 / np.sqrt(12)),
        "asian-32": asian_exact(PERIODS, 0, SIGMA),
        "knock-out": knock_out,
        "barrier": hit,
        "digital": float(ndtr(-0.15)),
        "falls": float(PERIODS * ndtr(-SIGMA / 2)),
    }


def main():
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(means, range(REPLICATES)))
    values, paths = exact(), path_variances()

    def variances(case, construction):
        return [float(np.var([m[case, construction, power] for m in found], ddof=1)) for power in POWERS]

    cases = {}
    for case in values:
        mean = float(np.mean([m[case, "bridge", max(POWERS)] for m in found]))
        by = {construction: variances(case, construction) for construction in ("time", "bridge")}
        cases[case] = {"exact": values[case], "mean": mean, "path": paths[case], **by}
    print(json.dumps({"replicates": REPLICATES, "powers": list(POWERS), "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
