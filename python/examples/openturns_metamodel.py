"""OpenTURNS: a formula that stands in for the simulation."""

# --8<-- [start:example]
import tempfile

import openturns as ot
import overhang_risk as oh

ranges = {"factor.use.level": (0.7, 0.95), "factor.return.level": (12e9, 19e9), "organization.lab.demand[2].value": (0.9, 1.3)}
axes = {key: f"{low}:{high}" for key, (low, high) in ranges.items()}
with tempfile.TemporaryDirectory() as store:
    found = oh.sweep(oh.template(), store, axes, design="sobol", points=256, paths=5_000, progress=False)
    table = found.table("bubble.system.probability").to_pandas().to_numpy()
x, y = table[:, 1:4], 100 * table[:, 4:]
inputs = ot.JointDistribution([ot.Uniform(*ends) for ends in ranges.values()])
chaos = ot.FunctionalChaosAlgorithm(x[:192], y[:192], inputs)
chaos.run()
metamodel = chaos.getResult().getMetaModel()
# --8<-- [end:example]

check = ot.MetaModelValidation(y[192:], metamodel(x[192:]))
print(f"held out: Q² {check.computeR2Score()[0]:.3f}, error {check.computeMeanSquaredError()[0] ** 0.5:.2f} points")
point = [0.8, 15e9, 1.2]
print(f"metamodel: {metamodel(point)[0]:.1f}%")
simulated = oh.run(oh.template().set(dict(zip(ranges, point))), paths=100_000, progress=False)
print(f"simulated: {100 * simulated['bubble.system.probability']:.1f}%")
