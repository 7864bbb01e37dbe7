"""SALib: which input drives the probability that the bubble bursts?"""

# --8<-- [start:example]
import tempfile

import overhang_risk as oh
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as design

keys = ["contract.cloud.take_or_pay", "factor.use.level", "factor.return.level"]
problem = {"num_vars": 3, "names": keys, "bounds": [[0.6, 0.95], [0.75, 0.95], [13e9, 18e9]]}
points = design.sample(problem, 128, calc_second_order=False, seed=1)
with tempfile.TemporaryDirectory() as folder:
    found = oh.sweep(oh.template(), f"{folder}/store", list=dict(zip(keys, points.T)), paths=4_000, progress=False)
    bubble = found.to_numpy("bubble.system.probability")[:, 0]
indices = analysis.analyze(problem, bubble, calc_second_order=False, seed=1)
# --8<-- [end:example]

print("                             alone  in all")
for key, alone, in_all, interval in zip(keys, indices["S1"], indices["ST"], indices["ST_conf"]):
    print(f"{key:28}  {alone:.2f}   {in_all:.2f} ± {interval:.2f}")
