"""Writes the files that the tests read, as users would: with NumPy, pandas and PyArrow.

python3 make.py, in this folder. Five paths of tests/shared/full.json, with a row for period 0.
"""

import decimal
import pathlib

import numpy
import pandas
import pyarrow
import pyarrow.parquet

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
numpy.savez("regimes.npz", trajectories=whole, regimes=regimes)

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

# the same numbers as other programs store them: plain.parquet is what all of typed/*.parquet say
(price, value, use, plan) = (whole[:, 1:, place].ravel() for place in range(4))
hundredths = numpy.round(use * 100).astype(int)
base = {"path": path[:, 1:].ravel(), "period": period[:, 1:].ravel(), "price": price, "return": value, "plan": plan}


def typed(name, use, **options):
    columns = {name: pyarrow.array(column) for name, column in base.items()}
    pyarrow.parquet.write_table(pyarrow.table(columns | {"use": use}), f"typed/{name}.parquet", **options)


def decimals(kind):
    return pyarrow.array([decimal.Decimal(int(number)).scaleb(-2) for number in hundredths], kind)


pathlib.Path("typed").mkdir(exist_ok=True)
double = pyarrow.array(hundredths / 100)
typed("plain", double)
typed("decimal32", decimals(pyarrow.decimal128(5, 2)), store_decimal_as_integer=True)
typed("decimal64", decimals(pyarrow.decimal128(15, 2)), store_decimal_as_integer=True)
typed("decimal128", decimals(pyarrow.decimal128(5, 2)))
typed("decimal256", decimals(pyarrow.decimal256(76, 2)))
typed("dictionary", double, use_dictionary=True, data_page_version="2.0", row_group_size=3)
for codec in ["zstd", "gzip", "lz4", "brotli", "none"]:
    typed(codec, double, compression=codec, write_page_checksum=True)
# halves are exact in every type that follows
typed("halves", pyarrow.array(numpy.full(len(use), 0.5)))
typed("half", pyarrow.array(numpy.full(len(use), 0.5, numpy.float16)))
typed("single", pyarrow.array(numpy.full(len(use), 0.5, numpy.float32)))
typed("ones", pyarrow.array(numpy.full(len(use), 1.0)))
for kind in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
    typed(kind, pyarrow.array(numpy.full(len(use), 1, kind)))
typed("boolean", pyarrow.array(numpy.full(len(use), True)))
typed("timestamp", pyarrow.array(numpy.full(len(use), 1), pyarrow.timestamp("us")))
typed("time", pyarrow.array(numpy.full(len(use), 1), pyarrow.time64("us")))
typed("date", pyarrow.array(numpy.full(len(use), 1, "int32"), pyarrow.date32()))
typed("text", pyarrow.array(["0.5"] * len(use)))
typed("list", pyarrow.array([[0.5]] * len(use)))
typed("struct", pyarrow.array([{"use": 0.5}] * len(use)))
typed("null", pyarrow.nulls(len(use)))

names = [*base, "use", "use"]
twice = pyarrow.table([pyarrow.array(column) for column in base.values()] + [double, double], names=names)
pyarrow.parquet.write_table(twice, "typed/twice.parquet")

# the same numbers as arrays of every form: all of forms/*.npy and the trajectories of forms/*.npz are what halves.npy says
pathlib.Path("forms").mkdir(exist_ok=True)
ones = numpy.round(whole[:, 1:] / [1e9, 1e9, 1, 0.5]).clip(1)
halves = ones / 2
numpy.save("forms/halves.npy", halves)
numpy.save("forms/fortran.npy", numpy.asfortranarray(halves))
numpy.save("forms/big-endian.npy", halves.astype(">f8"))
numpy.save("forms/big-endian-single-fortran.npy", numpy.asfortranarray(halves.astype(">f4")))
numpy.save("forms/half.npy", halves.astype(numpy.float16))
numpy.savez_compressed("forms/compressed.npz", trajectories=halves, regimes=regimes)
numpy.savez("forms/states.npz", trajectories=numpy.asfortranarray(halves), regimes=numpy.asfortranarray(regimes.astype(">i2")))
numpy.save("forms/whole.npy", ones)
for kind in ["|u1", "|i1", ">i2", "<u4", "<i8", ">u8"]:
    numpy.save(f"forms/whole-{kind[1:]}.npy", ones.astype(kind))


def headed(name, header):
    text = header.encode().ljust(118) + b"\n"
    pathlib.Path(f"forms/{name}.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + halves.tobytes())


# headers that Python reads, as other programs write them
headed("double-quotes", '{"descr": "<f8", "fortran_order": False, "shape": (5, 8, 4), }')
headed("spaces", "{'descr' : '<f8', 'fortran_order' : False, 'shape' : (5, 8, 4)}")
headed("python-2", "{'descr': '<f8', 'fortran_order': False, 'shape': (5L, 8L, 4L), }")
# arrays that are refused
numpy.save("forms/fields.npy", numpy.zeros((5, 8), [("price", "<f8"), ("use", "<f8")]))
numpy.save("forms/complex.npy", halves.astype(complex))
tiny = halves.copy()
tiny[3, 2, 0] = 1e-40
numpy.save("forms/tiny.npy", tiny)
numpy.save("forms/reversed.npy", halves.transpose(2, 1, 0))
numpy.savez("forms/negative-state.npz", trajectories=halves, regimes=-regimes)

# parts of a folder, and what writers leave beside them
pathlib.Path("parts.parquet").mkdir(exist_ok=True)
for number, rows in enumerate(numpy.array_split(numpy.arange(len(table)), 11)):
    table.iloc[rows].to_parquet(f"parts.parquet/part-{number}.parquet", index=False, compression="zstd")
pathlib.Path("parts.parquet/_SUCCESS").touch()
