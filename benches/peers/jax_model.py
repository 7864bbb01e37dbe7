"""The model in JAX: one compiled scan over the periods, paths as the arrays' only axis, float32.

Normals and uniforms come from XLA's own bit generator ("unsafe_rbg"), JAX's fastest, or from its default, Threefry, whose
streams are the better ones. A batch is run on each of the host's cores at once (`pmap` over virtual devices), which is faster
than XLA's threads inside one program.
"""

import os

CORES = os.cpu_count()
os.environ.setdefault("XLA_FLAGS", f"--xla_force_host_platform_device_count={CORES}")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np


def rows(tables):
    """What the scan reads, one row for each period."""
    events = [np.arange(1, tables.n + 1) >= e.first for e in tables.events]
    contracts = [
        {
            "capacity": c.capacity,
            "minimum": c.minimum,
            "rate": c.rate,
            "reset": c.reset if c.index >= 0 else np.zeros(tables.n, bool),
            "prepaid_flow": c.prepaid_flow,
            "due": c.units_after if c.index >= 0 else c.due_after,
        }
        for c in tables.contracts
    ]
    table = {
        "t": np.arange(1, tables.n + 1, dtype=np.int32),
        "base": [f.base for f in tables.factors],
        "discount": tables.discount,
        "liability": tables.liability_discount,
        "demand": tables.demand,
        "capacity": tables.capacity,
        "limit": np.minimum(tables.limit, 1e30),
        "efficiency": tables.efficiency,
        "cash_flow": tables.cash_flow,
        "contracts": contracts,
        "counts": events,
    }
    return jax.tree.map(lambda a: jnp.asarray(a, jnp.float32) if a.dtype == np.float64 else jnp.asarray(a), table)


def model(tables, paths):
    """A function of a key to figures [figure, path] and times [event or bubble, path]."""
    dt, factors = tables.dt, tables.factors
    cholesky = tables.cholesky
    cumulative = jnp.asarray(np.cumsum(tables.transition, axis=1)[:, :-1], jnp.float32)
    smoothing = 1 - np.exp(-dt)
    table = rows(tables)

    def evolve(c, row, keys):
        normals = jax.random.normal(keys[0], (len(factors), paths), jnp.float32)
        state = c["state"]
        if len(tables.states) > 1:
            u = jax.random.uniform(keys[1], (paths,), jnp.float32)
            state = sum((u >= cumulative[c["state"], k]).astype(jnp.int32) for k in range(len(tables.states) - 1))
        entered = state != c["state"]
        ys, xs = [], []
        for i, f in enumerate(factors):
            z = sum(float(cholesky[i, j]) * normals[j] for j in range(i + 1) if cholesky[i, j] != 0)
            pick = lambda values: sum(jnp.where(state == s, float(v), 0.0) for s, v in enumerate(values))
            drift, diffusion = pick(f.drift), pick(f.diffusion)
            shock = jnp.where(entered, pick(f.entry), 0.0) if f.entry.any() else 0.0
            if f.jump_cdf:
                u = jax.random.uniform(jax.random.fold_in(keys[2], i), (paths,), jnp.float32)
                count = sum((u >= p).astype(jnp.float32) for p in f.jump_cdf)
                size = jax.random.normal(jax.random.fold_in(keys[3], i), (paths,), jnp.float32)
                shock += count * f.jump_mean + jnp.sqrt(count) * f.jump_sd * size
            y = f.decay * c["y"][i] + drift + diffusion * z + shock
            base = row["base"][i]
            ys.append(y)
            xs.append(f.lower + f.width / (1 + jnp.exp(-(base + y))) if f.logit else base * jnp.exp(y))
        return state, ys, xs

    def period(c, row):
        key, *keys = jax.random.split(c["key"], 5)
        state, ys, xs = evolve(c, row, keys)
        price = tables.scale * (1 + tables.premium) * xs[tables.price]
        rest = wanted = jnp.maximum(xs[tables.utilization] * row["demand"], 0.0)
        rates, first = [], []
        for k, contract in enumerate(tables.contracts):
            r = row["contracts"][k]
            rate = r["rate"]
            if contract.index >= 0:
                fresh = jnp.clip(contract.share * c["x"][contract.index], contract.floor, contract.cap)
                rate = jnp.where(r["reset"], fresh, c["rate"][k])
            rates.append(rate)
            first.append(jnp.minimum(rest, r["minimum"]))
            rest = rest - first[-1]
        served = []
        for k in range(len(first)):
            r = row["contracts"][k]
            more = jnp.minimum(rest, r["capacity"] - r["minimum"])
            served.append(first[k] + more)
            rest = rest - more
        burst = jnp.minimum(rest, row["limit"])
        rest = rest - burst
        paid_all = bills = strands = 0.0
        out = {"commitment": [], "stranded": [], "balance": []}
        for k in range(len(served)):
            r = row["contracts"][k]
            bill = rates[k] * jnp.maximum(r["minimum"], served[k]) * dt
            strand = rates[k] * jnp.maximum(r["minimum"] - served[k], 0.0) * dt
            drawn = jnp.minimum(c["balance"][k], bill)
            paid = bill - drawn
            out["balance"].append(c["balance"][k] - drawn)
            out["commitment"].append(c["commitment"][k] + row["liability"] * (paid + r["prepaid_flow"]))
            out["stranded"].append(c["stranded"][k] + row["liability"] * strand)
            paid_all, bills, strands = paid_all + paid + r["prepaid_flow"], bills + bill, strands + strand
        burst_bill = burst * price * dt
        contracted = sum(served)
        used = contracted + burst
        effective = used * row["efficiency"]
        depth = 1 + (c["experience"] + effective * dt / 2) / tables.reference
        value = xs[tables.performance] * effective * dt * jnp.exp(-tables.exponent * jnp.log(depth))
        i = jnp.where(c["cash"] > 0, tables.interest, tables.borrowing)
        cash = c["cash"] * (1 + i) + tables.margin * value + row["cash_flow"] - paid_all - burst_bill
        w = jnp.where(row["t"] == 1, 1.0, smoothing)
        average = lambda name, amount: c[name] + w * (amount / dt - c[name])
        out |= {
            "key": key, "state": state, "y": ys, "x": xs,
            "rate": [jnp.broadcast_to(r, (paths,)) for r in rates],
            "experience": c["experience"] + effective * dt,
            "burst": c["burst"] + row["liability"] * burst_bill,
            "market": c["market"] + row["liability"] * used * price * dt,
            "use_value": c["use_value"] + row["liability"] * used * dt,
            "value": c["value"] + row["discount"] * value,
            "used": c["used"] + used * dt,
            "unserved": c["unserved"] + rest * dt,
            "cash": cash,
            "min_cash": jnp.minimum(c["min_cash"], cash),
            "average_value": average("average_value", tables.margin * value),
            "average_cost": average("average_cost", bills + burst_bill),
            "average_stranded": average("average_stranded", strands),
        }  # fmt: skip
        now = out | {"contracted": contracted, "price": price / (1 + tables.premium)}
        out["held"], out["times"] = [], []
        for k, event in enumerate(tables.events):
            a, b = metric(event, now, row)
            crossed = (a < event.threshold * b) if event.below else (a > event.threshold * b)
            held = jnp.where(crossed & row["counts"][k], c["held"][k] + 1, 0)
            never = c["times"][k] > tables.n
            out["held"].append(held)
            out["times"].append(jnp.where(never & (held >= event.needed), row["t"], c["times"][k]))
        return out, None

    def due(contract, k, c, row):
        if contract.index < 0:
            return row["contracts"][k]["due"]
        fresh = jnp.clip(contract.share * c["x"][contract.index], contract.floor, contract.cap)
        return jnp.where(c["rate"][k] < 0, fresh, c["rate"][k]) * row["contracts"][k]["due"]

    def metric(event, c, row):
        match event.metric:
            case "cash":
                return c["cash"], 1.0
            case "coverage":
                return c["average_value"], c["average_cost"]
            case "stranded_share":
                return c["average_stranded"], c["average_cost"]
            case "factor":
                return c["x"][event.index], 1.0
            case "regime":
                return (c["state"] == event.index).astype(jnp.float32), 1.0
            case "utilization":
                idle = row["capacity"] == 0
                return jnp.where(idle, 1.0, c["contracted"]), jnp.where(idle, 1.0, row["capacity"])
            case "lock_in":
                locked = sum(r * row["contracts"][k]["capacity"] for k, r in enumerate(c["rate"]))
                idle = row["capacity"] == 0
                return jnp.where(idle, 1.0, locked), jnp.where(idle, 1.0, c["price"] * row["capacity"])
            case "overhang":
                return sum(due(x, k, c, row) for k, x in enumerate(tables.contracts)), c["average_value"]
        raise NotImplementedError(event.metric)

    def figures(c):
        commitment, stranded = sum(c["commitment"]), sum(c["stranded"])
        compute = commitment + c["burst"]
        residual = jnp.zeros(paths)
        for k, contract in enumerate(tables.contracts):
            residual += contract.residual
            if contract.residual_units > 0:
                fresh = jnp.clip(contract.share * c["x"][contract.index], contract.floor, contract.cap)
                residual += jnp.where(c["rate"][k] < 0, fresh, c["rate"][k]) * contract.residual_units
        unit = compute / jnp.maximum(c["use_value"], 1e-30)
        values = [commitment, c["burst"], compute, stranded, c["market"], compute - c["market"], residual, c["value"]]
        values += [tables.margin * c["value"] - compute, c["used"], c["unserved"], unit, c["min_cash"], c["cash"]]
        values += [x for pair in zip(c["commitment"], c["stranded"]) for x in pair]
        listed = [c["times"][k] for k in tables.bubble]
        bubble = jnp.stack(listed).max(0) if tables.bubble_all else jnp.stack(listed).min(0)
        return jnp.stack(values), jnp.stack([*c["times"], bubble])

    def run(key):
        full = lambda x: jnp.full(paths, x, jnp.float32)
        zeros = lambda: [full(0.0) for _ in tables.contracts]
        sums = "experience burst market use_value value used unserved average_value average_cost average_stranded"
        never = jnp.full(paths, tables.n + 1, jnp.int32)
        start = {name: full(0.0) for name in sums.split()} | {
            "key": key,
            "state": jnp.full(paths, tables.start_state, jnp.int32),
            "y": [full(f.start_y) for f in factors],
            "x": [full(f.start) for f in factors],
            "rate": [full(-1.0) for _ in tables.contracts],
            "balance": [full(c.balance) for c in tables.contracts],
            "commitment": [full(c.opening_payment) for c in tables.contracts],
            "stranded": zeros(),
            "cash": full(tables.opening),
            "min_cash": full(tables.opening),
            "held": [jnp.zeros(paths, jnp.int32) for _ in tables.events],
            "times": [never for _ in tables.events],
        }
        end, _ = jax.lax.scan(period, start, table)
        return figures(end)

    return run


class Peer:
    """Runs whole batches; sums stay on the device until the end, as one would write it for speed."""

    def __init__(self, tables, generator="unsafe_rbg", batch=4096):
        self.name, self.generator, self.batch = f"JAX, {generator}", generator, batch * CORES
        run, n = model(tables, batch), tables.n

        def batch_sums(key, centre, index):
            figures, times = run(jax.random.fold_in(key, index))
            y = figures - centre[:, None]
            counts = jnp.stack([(times == t).sum(1) for t in range(1, n + 1)])
            return y.sum(1), (y * y).sum(1), counts

        def many(key, centre, first, count):
            """`count` batches after each other on one device."""
            add = lambda k, total: jax.tree.map(jnp.add, total, batch_sums(key, centre, first + k))
            return jax.lax.fori_loop(1, count, add, batch_sums(key, centre, first))

        self.pilot = jax.jit(lambda key: run(key)[0].mean(1))
        self.many = jax.pmap(many, in_axes=(None, None, 0, None))
        self.centre = self.pilot(jax.random.key(7, impl=generator))

    def run(self, paths, seed):
        """Sums over at least `paths` paths: their number, means and variances of the figures, [period, time] counts."""
        each = -(-paths // self.batch)
        key = jax.random.key(seed, impl=self.generator)
        first = jnp.arange(CORES, dtype=jnp.int32) * each
        s1, s2, counts = (np.asarray(a, np.float64).sum(0) for a in self.many(key, self.centre, first, each))
        total = each * self.batch
        mean = s1 / total
        return total, mean + np.asarray(self.centre, np.float64), s2 / total - mean**2, counts
