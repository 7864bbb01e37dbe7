"""pymoo: the efficient frontier of compute cost against bubble probability."""

# --8<-- [start:example]
import overhang_risk as oh
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import ElementwiseProblem
from pymoo.optimize import minimize

deal = oh.template().set({"horizon.step": "quarter", "organization.lab.burst.limit": 1.2})

def outcome(share, capacity, seed=1, paths=20_000):
    commitment = (14.3e9 - 3.9e9 * share) * (0.3 + 4 * capacity)
    terms = {"take_or_pay": share, "capacity": [[0, 0.3], [1, capacity]], "commitment": commitment}
    result = oh.run(deal.set({f"contract.cloud.{key}": terms[key] for key in terms}), paths=paths, seed=seed, progress=False)
    return [result["figures.lab.compute_cost.mean"] / 1e9, 100 * result["bubble.lab.probability"]]

class Contract(ElementwiseProblem):
    def _evaluate(self, levers, out):
        out["F"] = outcome(*levers)

best = minimize(Contract(n_var=2, n_obj=2, xl=[0.5, 0.5], xu=[1.0, 1.2]), NSGA2(pop_size=12), ("n_gen", 8), seed=1)
fresh = [outcome(*levers, seed=2, paths=200_000) for levers in best.X]
# --8<-- [end:example]

print("take-or-pay  capacity  cost, same paths  fresh  bubble, same paths  fresh")
for levers, same, again in sorted(zip(best.X, best.F, fresh), key=lambda of: of[1][0]):
    print(f"{levers[0]:11.0%}  {levers[1]:8.2f}  {same[0]:16.2f}  {again[0]:5.2f}  {same[1]:17.2f}%  {again[1]:.2f}%")
