"""A scenario file as tables on its time grid, written from the model's description and not from overhang's code.

Covers what one organization can have, but for dispatch in merit order, max_price, discount curves, and everything in
docs/clauses.md and docs/parties.md. Shapes: n periods, f factors, s states, c contracts. Everything is float64; the peers
round to float32.
"""

import math
import sys
import tomllib
from dataclasses import dataclass, field

import numpy as np

STEPS = {"week": 52, "month": 12, "quarter": 4, "year": 1}
TOLERANCE = 1e-9


def curve(spec, x):
    """A number, or [year, value] pairs with lines between and flat ends."""
    if isinstance(spec, (int, float)):
        return float(spec)
    years, values = zip(*spec)
    return float(np.interp(x, years, values))


def step_table(spec, x):
    """A number, or [year, value] pairs where a value holds from its year on."""
    if isinstance(spec, (int, float)):
        return float(spec)
    held = [value for year, value in spec if year <= x + TOLERANCE]
    return float(held[-1]) if held else float(spec[0][1])


@dataclass
class Factor:
    name: str
    logit: bool = False
    lower: float = 0.0
    width: float = 1.0
    start: float = 0.0
    start_y: float = 0.0
    decay: float = 1.0
    base: np.ndarray = None  # [n]: mean or level of the period, the logit of it where logit
    drift: np.ndarray = None  # [s]
    diffusion: np.ndarray = None  # [s]
    entry: np.ndarray = None  # [s]
    jump_mean: float = 0.0
    jump_sd: float = 0.0
    jump_cdf: list = field(default_factory=list)


@dataclass
class Contract:
    name: str
    capacity: np.ndarray  # [n]
    minimum: np.ndarray  # [n]
    rate: np.ndarray  # [n], where fixed
    index: int = -1  # factor of an indexed rate
    share: float = 0.0
    floor: float = 0.0
    cap: float = 0.0
    reset: np.ndarray = None  # [n], whether the rate is set
    prepaid_flow: np.ndarray = None  # [n]
    opening_payment: float = 0.0
    balance: float = 0.0
    units_after: np.ndarray = None  # [n], indexed
    due_after: np.ndarray = None  # [n], fixed
    residual: float = 0.0  # PV of what is due past the horizon, fixed
    residual_units: float = 0.0  # the same in unit-years, indexed


@dataclass
class Event:
    name: str
    metric: str
    threshold: float
    below: bool
    needed: int
    first: int
    index: int = -1  # factor or state


# What would be left out in silence
TABLES_NOT_COVERED = {"tranche", "vendor", "crisis", "delays"}
CLAUSES_NOT_COVERED = {"review", "reduction", "extension", "delay", "true_up", "make_up", "resale", "aging"}


def load(path):
    with open(path, "rb") as file:
        scenario = tomllib.load(file)
    found = TABLES_NOT_COVERED & scenario.keys()
    found |= {key for contract in scenario["contract"] for key in CLAUSES_NOT_COVERED & contract.keys()}
    found |= {"workout" for organization in scenario["organization"] if "workout" in organization}
    if found:
        sys.exit(f"error: {path}: the peers do not compute {', '.join(sorted(found))}; benches/peers/openai.toml has none of it")
    return Tables(scenario)


class Tables:
    def __init__(self, s):
        self.steps = STEPS[s["horizon"]["step"]]
        self.n = round(s["horizon"]["years"] * self.steps)
        self.dt = 1.0 / self.steps
        self.tau = np.arange(1, self.n + 1) / self.steps
        self.middle = self.tau - self.dt / 2
        self.rate = s["discount"]["rate"]
        self.liability_rate = s["discount"].get("liabilities", self.rate)
        self.discount = np.exp(-self.rate * self.tau)
        self.liability_discount = np.exp(-self.liability_rate * self.tau)
        self.read_regimes(s.get("regimes"))
        self.factors = [self.factor(f, s.get("regimes", {}).get("effect", [])) for f in s["factor"]]
        self.index = {f.name: i for i, f in enumerate(self.factors)}
        self.cholesky = self.correlate(s)
        (organization,) = s["organization"]
        self.read_organization(organization, s["contract"])
        self.events = [self.event(e) for e in s["event"]]
        names = [e.name for e in self.events]
        bubble = s.get("bubble", {})
        self.bubble_all = "all" in bubble
        self.bubble = [names.index(name) for name in bubble.get("all", bubble.get("any", names))]

    def read_regimes(self, regimes):
        self.states = regimes["states"] if regimes else ["only"]
        q = np.zeros((len(self.states),) * 2)
        for a, b, intensity in regimes["intensity"] if regimes else []:
            i, j = self.states.index(a), self.states.index(b)
            q[i, j] += intensity
            q[i, i] -= intensity
        small = q * self.dt / 1024
        step = sum(np.linalg.matrix_power(small, k) / math.factorial(k) for k in range(12))
        self.transition = np.linalg.matrix_power(step, 1024)
        self.start_state = self.states.index(regimes["start"]) if regimes else 0

    def factor(self, f, effects):
        process, sigma = f["process"], f["volatility"]
        count = len(self.states)
        m, v, h, entry = np.zeros(count), np.ones(count), np.zeros(count), np.zeros(count)
        for effect in effects:
            if effect["factor"] == f["name"]:
                i = self.states.index(effect["state"])
                m[i], v[i] = effect.get("drift", 0.0), effect.get("volatility", 1.0)
                h[i], entry[i] = effect.get("shift", 0.0), effect.get("on_entry", 0.0)
        out = Factor(f["name"], entry=entry)
        if process == "gbm":
            mu = [step_table(f["drift"], t - self.dt) for t in self.tau]
            out.start = f["start"]
            out.base = f["start"] * np.exp(np.cumsum(mu) * self.dt)
            out.drift = (m - (v * sigma) ** 2 / 2) * self.dt
            out.diffusion = v * sigma * math.sqrt(self.dt)
            self.kappa = getattr(self, "kappa", []) + [0.0]
        else:
            kappa = f["reversion"]
            out.decay = math.exp(-kappa * self.dt)
            out.drift = (1 - out.decay) * h
            out.diffusion = v * sigma * math.sqrt((1 - out.decay**2) / (2 * kappa))
            self.kappa = getattr(self, "kappa", []) + [kappa]
            level = lambda t: curve(f["level"], t) * math.exp(f.get("growth", 0.0) * t)
            scale = lambda x: math.log(x)
            if process == "logit_ou":
                out.logit, out.lower = True, f.get("lower", 0.0)
                out.width = f.get("upper", 1.0) - out.lower
                scale = lambda x: math.log((x - out.lower) / (out.lower + out.width - x))
            out.start = f.get("start", level(0.0))
            out.start_y = scale(out.start) - scale(level(0.0))
            levels = [level(t) for t in self.tau]
            out.base = np.array([scale(x) for x in levels] if out.logit else levels)
        if jumps := f.get("jumps"):
            expected = jumps["intensity"] * self.dt
            out.jump_mean, out.jump_sd = jumps["mean"], jumps["sd"]
            if process == "gbm":
                out.drift = out.drift - expected * (math.exp(out.jump_mean + out.jump_sd**2 / 2) - 1)
            term = total = math.exp(-expected)
            while 1 - total > 2.0**-33:
                out.jump_cdf.append(total)
                term *= expected / len(out.jump_cdf)
                total += term
        return out

    def correlate(self, s):
        rho = np.eye(len(self.factors))
        c = lambda k: (1 - math.exp(-k * self.dt)) / k if k else self.dt
        for a, b, value in s.get("correlation", {}).get("pairs", []):
            i, j = self.index[a], self.index[b]
            ki, kj = self.kappa[i], self.kappa[j]
            rho[i, j] = rho[j, i] = value * c(ki + kj) / math.sqrt(c(2 * ki) * c(2 * kj))
        return np.linalg.cholesky(rho)

    def read_organization(self, o, contracts):
        self.name = o["name"]
        self.utilization = self.index[o["utilization"]]
        self.performance = self.index[o["performance_return"]]
        order = sorted(contracts, key=lambda c: c.get("priority", 0))
        self.contracts = [self.contract(c) for c in order]
        self.capacity = sum(c.capacity for c in self.contracts)
        planned = o["demand"] == "planned"
        self.demand = self.capacity if planned else np.array([curve(o["demand"], t) for t in self.middle])
        d = o.get("diminishing", {"exponent": 0.0, "reference": 1.0})
        self.exponent, self.reference = d["exponent"], d["reference"]
        self.efficiency = np.exp(d.get("efficiency", 0.0) * self.middle)
        burst = o["burst"]
        self.price, self.scale = self.index[burst["price"]], burst.get("scale", 1.0)
        self.premium = burst.get("premium", 0.0)
        self.limit = np.array([curve(burst.get("limit", 1e30), t) for t in self.middle])
        cash = o["cash"]
        self.margin = cash.get("margin", 1.0)
        flow = [(curve(cash.get("income", 0.0), t) - curve(cash.get("opex", 0.0), t)) * self.dt for t in self.middle]
        self.cash_flow = np.array(flow)
        self.opening = cash["opening"] - sum(c.opening_payment for c in self.contracts)
        for year, amount in cash.get("funding", []):
            if year <= TOLERANCE:
                self.opening += amount
            elif (t := math.ceil(year * self.steps - TOLERANCE)) <= self.n:
                self.cash_flow[t - 1] += amount
        self.interest = cash.get("interest", 0.0) * self.dt
        self.borrowing = cash.get("borrowing", cash.get("interest", 0.0)) * self.dt

    def contract(self, c):
        start, term = c.get("start", 0.0), c["term"]
        first = math.floor(start * self.steps) - 1
        whole = np.arange(first, math.ceil((start + term) * self.steps) + 2)
        whole = [t for t in whole if start - TOLERANCE <= (t - 0.5) * self.dt < start + term - TOLERANCE]
        age = lambda t: (t - 0.5) * self.dt - start
        shape = {t: curve(c.get("capacity", c.get("ramp")), age(t)) for t in whole}
        growth = {t: (1 + c.get("escalator", 0.0)) ** math.floor(age(t) + TOLERANCE) for t in whole}
        weight = sum(shape[t] * growth[t] for t in whole) * self.dt
        share, rate, indexed = c.get("take_or_pay", 1.0), c.get("rate"), isinstance(c.get("rate"), dict)
        if "ramp" in c:
            shape = {t: k * c["commitment"] / (rate * weight) for t, k in shape.items()}
        elif not indexed and rate is None:
            rate = c["commitment"] / weight
        grid = range(1, self.n + 1)
        capacity = np.array([shape.get(t, 0.0) for t in grid])
        out = Contract(c["name"], capacity, share * capacity, np.zeros(self.n), prepaid_flow=np.zeros(self.n))
        if indexed:
            scale = rate.get("scale", 1.0)
            out.index, out.share = self.index[rate["index"]], (1 - rate.get("discount", 0.0)) * scale
            out.floor, out.cap = rate.get("floor", 0.0), rate.get("cap", 1e30)
            every = rate.get("reset", self.dt)
            count = [math.floor(age(t) / every + TOLERANCE) if t in shape else -1 for t in grid]
            seen = np.array([t in shape for t in grid])
            before = np.concatenate([[-1], count[:-1]])
            out.reset = seen & (np.array(count) > before)
            after = lambda t: share * self.dt * sum(k for u, k in shape.items() if u > t)
            out.units_after = np.array([after(t) for t in grid])
            late = [t for t in whole if t > self.n]
            out.residual_units = sum(share * shape[t] * self.dt * self.liability(t) for t in late)
            return out
        bill = {t: rate * growth[t] * shape[t] * self.dt for t in whole}
        out.rate = np.array([rate * growth.get(t, 0.0) for t in grid])
        out.due_after = np.array([share * sum(b for u, b in bill.items() if u > t) for t in grid])
        out.residual = sum(share * b * self.liability(t) for t, b in bill.items() if t > self.n)
        prepaid = c.get("prepaid", 0.0) * sum(bill.values())
        out.balance = max(0.0, prepaid - sum(b for t, b in bill.items() if t < 1))
        if start == 0:
            out.opening_payment = prepaid
        elif start > 0 and whole[0] <= self.n:
            out.prepaid_flow[whole[0] - 1] = prepaid
        return out

    def liability(self, t):
        return math.exp(-self.liability_rate * t * self.dt)

    def event(self, e):
        below = "below" in e
        needed = max(1, math.ceil(e.get("duration", 0.0) * self.steps - TOLERANCE))
        first = math.floor(e.get("after", 0.0) * self.steps + TOLERANCE) + 1
        index = self.index[e["factor"]] if "factor" in e else self.states.index(e["state"]) if "state" in e else -1
        limit = e.get("below", e.get("above", 0.5))
        return Event(e["name"], e["metric"], limit, below, needed, first, index)


FIGURES = (
    "commitment_cost burst_cost compute_cost stranded_cost market_cost lock_in_cost residual_commitment value net_value "
    "used unserved unit_cost min_cash final_cash"
).split()
