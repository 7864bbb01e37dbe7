"""Writes the files that the tests read, as users would: with NumPy, pandas and PyArrow.

python3 make.py, in this folder. Five paths of tests/schema/full.json, with a row for period 0.
"""

import numpy
import pandas

PATHS, PERIODS = 5, 8
FACTORS = ["price", "return", "use", "plan"]

path, period = numpy.meshgrid(numpy.arange(PATHS), numpy.arange(PERIODS + 1), indexing="ij")
whole = numpy.stack(
    [
        12e9 * 0.97**period * (1 + 0.1 * path),
        15e9 + 1e8 * period - 5e8 * path,
        0.5 + 0.05 * path + 0.01 * period,
        1.0 + period / 8,
    ],
    axis=2,
)
regimes = ((path + period) % 4 == 3)[:, 1:].astype(numpy.int64)

numpy.save("f32.npy", whole[:, 1:].astype(numpy.float32))
numpy.save("f64-start.npy", whole)
numpy.save("fortran.npy", numpy.asfortranarray(whole[:, 1:]))
numpy.save("integers.npy", whole[:, 1:].astype(numpy.int64))
numpy.savez("regimes.npz", trajectories=whole, regimes=regimes)
numpy.savez_compressed("compressed.npz", trajectories=whole, regimes=regimes)

table = pandas.DataFrame({"path": path.ravel(), "period": period.ravel()})
table["regime"] = numpy.where((path + period) % 4 == 3, "bust", "boom").ravel()
for place, factor in enumerate(FACTORS):
    table[factor] = whole[:, :, place].ravel()
table.to_parquet("pandas.parquet", index=False, row_group_size=7)
table.sample(frac=1, random_state=1).to_parquet("unsorted.parquet", index=False)
table.drop(columns="use").to_parquet("missing.parquet", index=False)
spoilt = table.copy()
spoilt.loc[(spoilt.path == 3) & (spoilt.period == 4), "price"] = float("nan")
spoilt.to_parquet("gap.parquet", index=False)
spoilt.loc[(spoilt.path == 3) & (spoilt.period == 4), "price"] = -1.0
spoilt.to_parquet("negative.parquet", index=False)
