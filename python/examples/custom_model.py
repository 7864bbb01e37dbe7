"""A custom model: competition passes falling prices on to customers, and a large customer may leave."""

# --8<-- [start:example]
import numpy as np
import overhang_risk as oh

def competition(drawn, rng):
    passed_on = np.sqrt(drawn["price"] / 14e9)
    leave = rng.random(drawn["use"].shape) < 0.02
    left = np.maximum.accumulate(leave, axis=1)
    return {"return": drawn["return"] * passed_on, "use": np.where(left, 0.7, 1.0) * drawn["use"]}

deal = oh.template()
plain = oh.run(deal, paths=100_000, progress=False)
own = oh.run(deal, paths=100_000, trajectories=competition, progress=False)
# --8<-- [end:example]

for name, result in {"as in the file": plain, "with competition": own}.items():
    print(f"{name:16}  value ${result['figures.lab.value.mean'] / 1e9:.1f}bn, bubble {result['bubble.lab.probability']:.1%}")
