"""OpenTURNS: the probability of a rare bubble by subset simulation."""

# --8<-- [start:example]
import numpy as np
import openturns as ot
import overhang_risk as oh

tables = {f"factor.{key}": {"process": "table", "values": of} for key, of in {"price": 9e9, "use": 0.9, "return": 20e9}.items()}
deal = oh.template().set({**tables, "horizon.step": "quarter", "regimes": None, "correlation": None, "bubble.any": ["cash_out"]})

def lowest_cash(shocks):
    returns = 20e9 * np.exp(np.cumsum(0.11 * np.asarray(shocks) - 0.11**2 / 2, axis=1))
    result = oh.run(deal, paths=len(returns), trajectories=lambda drawn, rng: {"return": returns}, progress=False)
    return result.paths(len(returns))["lab.min_cash"][:, None]

ot.RandomGenerator.SetSeed(1)
cash = ot.CompositeRandomVector(ot.PythonFunction(20, 1, func_sample=lowest_cash), ot.RandomVector(ot.Normal(20)))
subsets = ot.SubsetSampling(ot.ThresholdEvent(cash, ot.Less(), 0.0))
subsets.setBlockSize(1_000)
subsets.setMaximumOuterSampling(4)
subsets.run()
# --8<-- [end:example]

found, steps = subsets.getResult(), subsets.getStepsNumber()
print(f"subsets:   {found.getProbabilityEstimate():.1e} ± {found.getStandardDeviation():.1e} from {steps} × 4,000 paths")
same = {"process": "gbm", "start": 20e9, "drift": 0.0, "volatility": 0.22}
plain = oh.run(deal.set({"factor.return": same}), paths=4e6, progress=False)
low, probability, high = (plain[f"bubble.lab.{key}"] for key in ("low", "probability", "high"))
print(f"plain run: {probability:.1e} [{low:.1e}, {high:.1e}] from 4,000,000 paths")
