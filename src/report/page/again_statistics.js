"use strict";
// Estimates of paths that a browser computed, with the errors that docs/measures.md states, and what they are compared with.
const againStatistics = (() => {
  // a value differs if it is further off than BOUND standard errors of the difference, and what rounding may do: a share of a
  // standard error, since a rounding may decide on which side of a threshold a path falls, and a share of the value
  const BOUND = 4.5;
  const ROUNDING = { errors: 0.25, share: 1e-5 };
  const NORMAL_95 = 1.959963984540054;
  const NEVER = 0xffffffff;

  const emptySample = (item, paths) => ({
    count: 0, invalid: 0, burst: 0,
    figures: Object.fromEntries(item.figures.map(({ key }) => [key, new Float32Array(paths)])),
    times: item.bubble === null ? null : new Uint32Array(paths),
  });

  const add = (sample, figures, times) => {
    const kept = Object.values(sample.figures);
    for (let path = 0; path < figures[0].length; path += 1) {
      if (!figures.every((row) => Number.isFinite(row[path]))) { sample.invalid += 1; continue; }
      kept.forEach((row, place) => { row[sample.count] = figures[place][path]; });
      if (times) {
        sample.times[sample.count] = times[path];
        sample.burst += times[path] === NEVER ? 0 : 1;
      }
      sample.count += 1;
    }
  };

  const moments = (values) => {
    const n = values.length;
    const mean = values.reduce((sum, x) => sum + x, 0) / n;
    let [second, fourth] = [0, 0];
    for (const x of values) { const square = (x - mean) ** 2; second += square; fourth += square * square; }
    const variance = second / n;
    const sd = Math.sqrt(second / (n - 1));
    return { mean: { value: mean, se: sd / Math.sqrt(n) },
      sd: { value: sd, se: variance > 0 ? Math.sqrt(Math.max(0, fourth / n - variance ** 2) / n) / (2 * Math.sqrt(variance)) : 0 } };
  };

  // the order statistic of a rank from 1 on, with those between two paths interpolated
  const ranked = (sorted, rank) => {
    const below = Math.min(Math.max(Math.floor(rank), 1), sorted.length);
    const above = Math.min(below + 1, sorted.length);
    return sorted[below - 1] + (rank - below) * (sorted[above - 1] - sorted[below - 1]);
  };

  // value at risk and expected shortfall of a cost, with the errors that docs/measures.md states
  const tail = (values, level) => {
    const sorted = values.slice().sort();
    const n = sorted.length;
    const [middle, spread] = [n * level + 0.5, NORMAL_95 * Math.sqrt(n * level * (1 - level))];
    const at = (rank) => ranked(sorted, Math.min(Math.max(rank, 1), n));
    const value = at(1 + (n - 1) * level);
    const mass = n * (1 - level);
    const whole = Math.floor(mass);
    let [sum, squares] = [0, 0];
    const take = (x, weight) => { const y = x - value; sum += weight * y; squares += weight * y * y; };
    for (let place = n - whole; place < n; place += 1) take(sorted[place], 1);
    if (whole < n) take(sorted[n - whole - 1], mass - whole);
    const excess = sum / mass;
    return { var: { value, se: (at(middle + spread) - at(middle - spread)) / (2 * NORMAL_95) },
      shortfall: { value: value + excess, se: Math.sqrt((Math.max(0, squares / mass - excess ** 2) + level * excess ** 2) / mass) } };
  };

  // every statistic of the sample, by what it is of
  const estimates = (item, sample) => {
    const { count: n, burst } = sample;
    const found = { bubble: { probability: { value: burst / n, se: 0 } } };
    // with two paths more on either side: never 0, even where nothing or everything bursts (Agresti and Coull 1998)
    const share = (burst + 2) / (n + 4);
    found.bubble.probability.se = Math.sqrt((share * (1 - share)) / (n + 4));
    for (const [key, values] of Object.entries(sample.figures)) {
      const own = values.subarray(0, n);
      found[key] = { ...moments(own), ...(key === "commitment_cost" ? tail(own, item.level) : {}) };
    }
    return found;
  };

  // the printed numbers beside those of the sample. With the seed of the printed paths, the smaller sample is a part of the larger, so
  // that the variance of the difference is the difference of the variances, and none between the same paths.
  const compared = (item, sample, seed, paths) => {
    const found = estimates(item, sample);
    const nested = item.samePaths && seed === BigInt(item.seed);
    return item.numbers.map((printed) => {
      const here = found[printed.of][printed.statistic];
      const variance = nested ? Math.abs(here.se ** 2 - printed.se ** 2) : here.se ** 2 + printed.se ** 2;
      const sigma = nested && paths === item.paths ? 0 : Math.sqrt(variance);
      const difference = here.value - printed.value;
      const rounding = ROUNDING.errors * Math.min(here.se, printed.se) + ROUNDING.share * Math.abs(printed.value) + printed.resolution;
      const unit = sigma || printed.se || here.se;
      const errors = unit > 0 ? difference / unit : difference === 0 ? 0 : Infinity;
      return { name: printed.name, of: printed.of, statistic: printed.statistic, factor: printed.factor, printed, here, difference, errors,
        agrees: Math.abs(difference) <= BOUND * sigma + rounding };
    });
  };

  return { add, compared, emptySample };
})();
