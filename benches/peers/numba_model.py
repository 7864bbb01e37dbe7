"""The model in numba: lanes of paths in loops that LLVM vectorises, over all cores, float32.

Tables are constants of the compiled function. Words come from a xoshiro128+ of each lane's own (Blackman and Vigna 2018), normals by
Box and Muller (1958), which costs less here than NumPy's generators called path by path.
"""

import math

import numba
import numpy as np
from numba import njit, prange

LANES = 64
BLOCKS = 64  # groups of paths that one task takes

METRICS = ["cash", "coverage", "stranded_share", "factor", "regime", "utilization", "lock_in", "overhang"]
f32, u32 = np.float32, np.uint32


@njit
def lanes():
    return np.empty(LANES, np.float32)


@njit(fastmath=True, inline="always")
def uniform(word):
    """In (0, 1), of a signed word's upper 24 bits."""
    return (f32(np.int32(word >> u32(8))) + f32(0.5)) * f32(2.0**-24)


@njit
def mix(z):
    """The finisher of splitmix64 (Steele, Lea and Flood 2014)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(fastmath=True)
def words(state, out):
    """A word for each lane, xoshiro128+."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    for l in range(LANES):
        out[l] = u32(s0[l] + s3[l])
        shifted = u32(s1[l] << u32(9))
        s2[l] ^= s0[l]
        s3[l] ^= s1[l]
        s1[l] ^= s2[l]
        s0[l] ^= s3[l]
        s2[l] ^= shifted
        s3[l] = u32(u32(s3[l] << u32(11)) | u32(s3[l] >> u32(21)))


@njit(fastmath=True)
def normals(a, b, first, second):
    """Two normals of two words."""
    for l in range(LANES):
        radius = math.sqrt(f32(-2.0) * math.log(uniform(a[l])))
        angle = f32(2.0 * math.pi) * uniform(b[l])
        first[l] = radius * math.cos(angle)
        second[l] = radius * math.sin(angle)


def build(tables):
    """A compiled function of (seed, number of tasks) to sums, sums of squares and [task, period, time] counts."""
    n, dt, real = tables.n, f32(tables.dt), lambda a: np.ascontiguousarray(a, dtype=np.float32)
    factors, contracts, events = tables.factors, tables.contracts, tables.events
    F, S, C, E = len(factors), len(tables.states), len(contracts), len(events)
    base = real([f.base for f in factors])
    logit = np.array([f.logit for f in factors])
    lower, width, decay = (real([getattr(f, k) for f in factors]) for k in ("lower", "width", "decay"))
    start, start_y = real([f.start for f in factors]), real([f.start_y for f in factors])
    drift, diffusion, entry = (real([getattr(f, k) for f in factors]) for k in ("drift", "diffusion", "entry"))
    jump_mean, jump_sd = real([f.jump_mean for f in factors]), real([f.jump_sd for f in factors])
    J = max(len(f.jump_cdf) for f in factors)
    jump_cdf = real([f.jump_cdf + [2.0] * (J - len(f.jump_cdf)) for f in factors]).reshape(F, J)
    jumping = np.array([len(f.jump_cdf) > 0 for f in factors])
    cholesky, cumulative = real(tables.cholesky), real(np.cumsum(tables.transition, axis=1))
    start_state = tables.start_state
    capacity, minimum, fixed = (real([getattr(c, k) for c in contracts]) for k in ("capacity", "minimum", "rate"))
    index = np.array([c.index for c in contracts])
    share, floor, cap = (real([getattr(c, k) for c in contracts]) for k in ("share", "floor", "cap"))
    reset = np.array([c.reset if c.index >= 0 else np.zeros(n, bool) for c in contracts])
    prepaid_flow, opening = real([c.prepaid_flow for c in contracts]), real([c.opening_payment for c in contracts])
    balance0 = real([c.balance for c in contracts])
    due = real([c.units_after if c.index >= 0 else c.due_after for c in contracts])
    residual, residual_units = real([c.residual for c in contracts]), real([c.residual_units for c in contracts])
    demand, total_capacity, efficiency = real(tables.demand), real(tables.capacity), real(tables.efficiency)
    limit, cash_flow = real(np.minimum(tables.limit, 1e30)), real(tables.cash_flow)
    discount, liability = real(tables.discount), real(tables.liability_discount)
    metric = np.array([METRICS.index(e.metric) for e in events])
    threshold, below = real([e.threshold for e in events]), np.array([e.below for e in events])
    needed, first = np.array([e.needed for e in events], np.int32), np.array([e.first for e in events], np.int32)
    event_index = np.array([e.index for e in events])
    listed, every = np.array(tables.bubble), tables.bubble_all
    U, R, P = tables.utilization, tables.performance, tables.price
    price_scale, premium = f32(tables.scale), f32(1 + tables.premium)
    exponent, inverse_reference = f32(tables.exponent), f32(1 / tables.reference)
    margin, cash0 = f32(tables.margin), f32(tables.opening)
    interest, borrowing, smoothing = f32(tables.interest), f32(tables.borrowing), f32(1 - math.exp(-tables.dt))
    zero, one, half = f32(0), f32(1), f32(0.5)
    FIGURES = 14 + 2 * C
    PAIRS = (F + 1) // 2

    @njit(fastmath=True)
    def task(seed, centre, sums, squares, counts):
        L = LANES
        rng = np.empty((4, L), np.uint32)
        # a task's states follow each other from a place that its number is hashed to, not from the number itself
        counter = mix(mix(np.uint64(seed)))
        for k in range(4):
            for l in range(L):
                counter += np.uint64(0x9E3779B97F4A7C15)
                rng[k, l] = u32(mix(counter) >> np.uint64(32))
        wa, wb = np.empty(L, np.uint32), np.empty(L, np.uint32)
        normal = np.empty((2 * PAIRS, L), np.float32)
        size, spare = np.empty(L, np.float32), np.empty(L, np.float32)
        y, x, previous = np.empty((F, L), np.float32), np.empty((F, L), np.float32), np.empty((F, L), np.float32)
        z, shock = np.empty(L, np.float32), np.empty(L, np.float32)
        state, entered = np.empty(L, np.int32), np.empty(L, np.bool_)
        per_contract = np.empty((3, C, L), np.float32)
        rate, balance, served = per_contract[0], per_contract[1], per_contract[2]
        committed, stranded = np.empty((C, L), np.float32), np.empty((C, L), np.float32)
        held, times = np.empty((E, L), np.int32), np.empty((E + 1, L), np.int32)
        price, rest, burst, all_served = lanes(), lanes(), lanes(), lanes()
        paid_all, bills, strands, value, effective = lanes(), lanes(), lanes(), lanes(), lanes()
        top, bottom = lanes(), lanes()
        cash, least, experience, a_value, a_cost, a_stranded = lanes(), lanes(), lanes(), lanes(), lanes(), lanes()
        burst_sum, market, use_value, value_sum, used_sum, unserved = lanes(), lanes(), lanes(), lanes(), lanes(), lanes()
        figure = np.empty((FIGURES, L), np.float32)
        for _ in range(BLOCKS):
            for i in range(F):
                y[i, :] = start_y[i]
                x[i, :] = start[i]
            for k in range(C):
                rate[k, :] = f32(-1)
                balance[k, :] = balance0[k]
                committed[k, :] = opening[k]
                stranded[k, :] = zero
            state[:] = start_state
            held[:, :] = 0
            times[:, :] = n + 1
            for a in (experience, a_value, a_cost, a_stranded, burst_sum, market, use_value, value_sum, used_sum, unserved):
                a[:] = zero
            cash[:] = cash0
            least[:] = cash0
            for t in range(n):
                for k in range(PAIRS):
                    words(rng, wa)
                    words(rng, wb)
                    normals(wa, wb, normal[2 * k], normal[2 * k + 1])
                if S > 1:
                    words(rng, wa)
                    for l in range(L):
                        u = uniform(wa[l])
                        old = state[l]
                        new = np.int32(0)
                        for s in range(S):
                            to = np.int32(0)
                            for k in range(S - 1):
                                to += np.int32(u >= cumulative[s, k])
                            new = to if old == s else new
                        entered[l] = new != old
                        state[l] = new
                for i in range(F):
                    z[:] = zero
                    for j in range(i + 1):
                        if cholesky[i, j] != zero:
                            for l in range(L):
                                z[l] += cholesky[i, j] * normal[j, l]
                    shock[:] = zero
                    if jumping[i]:
                        words(rng, wa)
                        words(rng, wb)
                        normals(wa, wb, size, spare)
                        words(rng, wa)
                        for l in range(L):
                            u = uniform(wa[l])
                            count = zero
                            for k in range(J):
                                count += f32(u >= jump_cdf[i, k])
                            shock[l] = count * jump_mean[i] + math.sqrt(count) * jump_sd[i] * size[l]
                    for l in range(L):
                        m, v, e = drift[i, 0], diffusion[i, 0], zero
                        for s in range(S):
                            here = state[l] == s
                            m = drift[i, s] if here else m
                            v = diffusion[i, s] if here else v
                            e = entry[i, s] if here and entered[l] else e
                        y[i, l] = decay[i] * y[i, l] + m + v * z[l] + e + shock[l]
                    for l in range(L):
                        previous[i, l] = x[i, l]
                        if logit[i]:
                            x[i, l] = lower[i] + width[i] / (one + math.exp(-(base[i, t] + y[i, l])))
                        else:
                            x[i, l] = base[i, t] * math.exp(y[i, l])
                for l in range(L):
                    price[l] = price_scale * premium * x[P, l]
                    rest[l] = max(x[U, l] * demand[t], zero)
                    all_served[l], paid_all[l], bills[l], strands[l] = zero, zero, zero, zero
                for k in range(C):
                    if index[k] < 0:
                        rate[k, :] = fixed[k, t]
                    elif reset[k, t]:
                        for l in range(L):
                            rate[k, l] = min(max(share[k] * previous[index[k], l], floor[k]), cap[k])
                    for l in range(L):
                        served[k, l] = min(rest[l], minimum[k, t])
                        rest[l] -= served[k, l]
                for k in range(C):
                    for l in range(L):
                        more = min(rest[l], capacity[k, t] - minimum[k, t])
                        rest[l] -= more
                        served[k, l] += more
                        bill = rate[k, l] * max(minimum[k, t], served[k, l]) * dt
                        idle = rate[k, l] * max(minimum[k, t] - served[k, l], zero) * dt
                        drawn = min(balance[k, l], bill)
                        paid = bill - drawn + prepaid_flow[k, t]
                        balance[k, l] -= drawn
                        committed[k, l] += liability[t] * paid
                        stranded[k, l] += liability[t] * idle
                        all_served[l] += served[k, l]
                        paid_all[l] += paid
                        bills[l] += bill
                        strands[l] += idle
                w = one if t == 0 else smoothing
                for l in range(L):
                    burst[l] = min(rest[l], limit[t])
                    rest[l] -= burst[l]
                    used = all_served[l] + burst[l]
                    effective[l] = used * efficiency[t]
                    depth = one + (experience[l] + effective[l] * dt * half) * inverse_reference
                    value[l] = x[R, l] * effective[l] * dt * math.exp(-exponent * math.log(depth))
                    bought = burst[l] * price[l] * dt
                    experience[l] += effective[l] * dt
                    burst_sum[l] += liability[t] * bought
                    market[l] += liability[t] * used * price[l] * dt
                    use_value[l] += liability[t] * used * dt
                    value_sum[l] += discount[t] * value[l]
                    used_sum[l] += used * dt
                    unserved[l] += rest[l] * dt
                    i = interest if cash[l] > zero else borrowing
                    cash[l] = cash[l] * (one + i) + margin * value[l] + cash_flow[t] - paid_all[l] - bought
                    least[l] = min(least[l], cash[l])
                    a_value[l] += w * (margin * value[l] / dt - a_value[l])
                    a_cost[l] += w * ((bills[l] + bought) / dt - a_cost[l])
                    a_stranded[l] += w * (strands[l] / dt - a_stranded[l])
                for e in range(E):
                    if t + 1 < first[e]:
                        continue
                    what = metric[e]
                    bottom[:] = one
                    if what == 0:
                        top[:] = cash
                    elif what == 1:
                        top[:] = a_value
                        bottom[:] = a_cost
                    elif what == 2:
                        top[:] = a_stranded
                        bottom[:] = a_cost
                    elif what == 3:
                        top[:] = x[event_index[e]]
                    elif what == 4:
                        for l in range(L):
                            top[l] = f32(state[l] == event_index[e])
                    elif what == 5:
                        for l in range(L):
                            top[l] = all_served[l] if total_capacity[t] > zero else one
                            bottom[l] = total_capacity[t] if total_capacity[t] > zero else one
                    elif what == 6:
                        top[:] = zero if total_capacity[t] > zero else one
                        if total_capacity[t] > zero:
                            for k in range(C):
                                for l in range(L):
                                    top[l] += rate[k, l] * capacity[k, t]
                            for l in range(L):
                                bottom[l] = price[l] / premium * total_capacity[t]
                    else:
                        top[:] = zero
                        bottom[:] = a_value
                        for k in range(C):
                            for l in range(L):
                                now = one
                                if index[k] >= 0:
                                    fresh = min(max(share[k] * x[index[k], l], floor[k]), cap[k])
                                    now = fresh if rate[k, l] < zero else rate[k, l]
                                top[l] += now * due[k, t]
                    for l in range(L):
                        bound = threshold[e] * bottom[l]
                        crossed = top[l] < bound if below[e] else top[l] > bound
                        held[e, l] = held[e, l] + 1 if crossed else 0
                        if held[e, l] >= needed[e]:
                            times[e, l] = min(times[e, l], t + 1)
            for l in range(L):
                figure[0, l], figure[3, l], figure[6, l] = zero, zero, zero
            for k in range(C):
                for l in range(L):
                    figure[0, l] += committed[k, l]
                    figure[3, l] += stranded[k, l]
                    now = zero
                    if index[k] >= 0:
                        fresh = min(max(share[k] * x[index[k], l], floor[k]), cap[k])
                        now = fresh if rate[k, l] < zero else rate[k, l]
                    figure[6, l] += residual[k] + now * residual_units[k]
                    figure[14 + 2 * k, l] = committed[k, l]
                    figure[15 + 2 * k, l] = stranded[k, l]
            for l in range(L):
                compute = figure[0, l] + burst_sum[l]
                figure[1, l] = burst_sum[l]
                figure[2, l] = compute
                figure[4, l] = market[l]
                figure[5, l] = compute - market[l]
                figure[7, l] = value_sum[l]
                figure[8, l] = margin * value_sum[l] - compute
                figure[9, l] = used_sum[l]
                figure[10, l] = unserved[l]
                figure[11, l] = compute / max(use_value[l], f32(1e-30))
                figure[12, l] = least[l]
                figure[13, l] = cash[l]
                burst_time = np.int32(0 if every else n + 1)
                for k in range(len(listed)):
                    at = times[listed[k], l]
                    burst_time = max(burst_time, at) if every else min(burst_time, at)
                times[E, l] = burst_time
            for k in range(FIGURES):
                one_sum, two_sum = zero, zero
                for l in range(L):
                    d = figure[k, l] - centre[k]
                    one_sum += d
                    two_sum += d * d
                sums[k] += one_sum
                squares[k] += two_sum
            for e in range(E + 1):
                for l in range(L):
                    counts[times[e, l], e] += 1

    @njit(parallel=True, fastmath=True)
    def many(seed, tasks, centre, sums, squares, counts):
        for k in prange(tasks):
            task(np.uint64(seed) * np.uint64(1_000_003) + np.uint64(k), centre, sums[k], squares[k], counts[k])

    def run(seed, tasks, centre):
        sums, squares = np.zeros((tasks, FIGURES)), np.zeros((tasks, FIGURES))
        counts = np.zeros((tasks, n + 2, E + 1), np.int64)
        many(seed, tasks, centre, sums, squares, counts)
        return sums.sum(0), squares.sum(0), counts.sum(0)[1 : n + 1]

    return run, FIGURES


class Peer:
    def __init__(self, tables):
        self.name = "numba"
        self.work, figures = build(tables)
        sums, _, _ = self.work(7, 1, np.zeros(figures, np.float32))
        self.centre = (sums / (LANES * BLOCKS)).astype(np.float32)

    def run(self, paths, seed):
        """Sums over at least `paths` paths: their number, means and variances of the figures, [period, time] counts."""
        tasks = -(-paths // (LANES * BLOCKS))
        sums, squares, counts = self.work(seed, tasks, self.centre)
        total = tasks * LANES * BLOCKS
        mean = sums / total
        return total, mean + self.centre.astype(np.float64), squares / total - mean**2, counts
