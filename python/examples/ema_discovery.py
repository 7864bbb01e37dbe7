"""EMA Workbench: which combinations of inputs raise the bubble probability above 5%?"""

# --8<-- [start:example]
import tempfile

import overhang_risk as oh
from ema_workbench.analysis.prim import Prim

ranges = {"factor.use.level": "0.7:0.95", "factor.return.level": "12e9:19e9", "factor.price.volatility": "0.2:0.4"}
with tempfile.TemporaryDirectory() as store:
    found = oh.sweep(oh.template(), store, ranges, design="sobol", points=512, paths=2_000, progress=False)
    table = found.table("bubble.system.probability").to_pandas()
inputs, risky = table[list(ranges)], table["bubble.system.probability"].to_numpy() > 0.05
box = Prim(inputs[:384], risky[:384], threshold=0.8).find_box()
best = box.box_lims[int(box.peeling_trajectory.query("density >= 0.9").id.iloc[0])]
inside = ((inputs >= best.loc[0]) & (inputs <= best.loc[1])).all(axis=1).to_numpy()
# --8<-- [end:example]

for key in ranges:
    (low, high), (least, most) = best[key], box.box_lims[0][key]
    limits = [f"from {low:.4g}"] * (low > least) + [f"to {high:.4g}"] * (high < most)
    print(f"{key:24} {' '.join(limits) or 'any value'}")
for name, part in {"learned": slice(384), "held out": slice(384, None)}.items():
    both = (inside & risky)[part].sum()
    print(f"{name}: density {both / inside[part].sum():.0%}, coverage {both / risky[part].sum():.0%}")
