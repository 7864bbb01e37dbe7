"""SciPy: the cheapest contract whose bubble probability is below a limit."""

# --8<-- [start:example]
import functools

import overhang_risk as oh
from scipy.optimize import NonlinearConstraint, minimize

deal = oh.template().set({"horizon.step": "quarter", "organization.lab.burst.limit": 1.2})

@functools.cache
def outcome(share, capacity, seed=1, paths=20_000):
    price = 14.3e9 - 3.9e9 * share
    terms = {"take_or_pay": share, "capacity": [[0, 0.3], [1, capacity]], "commitment": price * (0.3 + 4 * capacity)}
    offer = deal.set({f"contract.cloud.{key}": term for key, term in terms.items()})
    result = oh.run(offer, paths=paths, seed=seed, progress=False)
    return result["figures.lab.compute_cost.mean"] / 1e9, 100 * result["bubble.lab.probability"]

limit = NonlinearConstraint(lambda levers: outcome(*levers)[1], 0, 0.5)
ranges, options = [(0.5, 1.0), (0.5, 1.2)], {"final_tr_radius": 1e-3}
best = minimize(lambda levers: outcome(*levers)[0], [0.8, 0.8], bounds=ranges, constraints=limit, method="COBYQA", options=options)
# --8<-- [end:example]

cost, risk = outcome(*best.x)
fresh_cost, fresh_risk = outcome(*best.x, seed=2, paths=200_000)
print(f"take-or-pay for {best.x[0]:.0%} of {best.x[1]:.2f} GW, found in {best.nfev} steps")
print(f"same paths:  ${cost:.2f}bn, bubble {risk:.2f}%")
print(f"fresh paths: ${fresh_cost:.2f}bn, bubble {fresh_risk:.2f}%")
