"""Optuna: levers of several kinds, here two numbers and a choice."""

# --8<-- [start:example]
import optuna
import overhang_risk as oh

deal = oh.template().set({"horizon.step": "quarter", "variant": None, "organization.lab.burst.limit": 1.2})

def cost(trial, seed=1, paths=10_000):
    share, capacity = trial.suggest_float("take_or_pay", 0.5, 1.0), trial.suggest_float("capacity", 0.5, 1.2)
    fixed, market = 13e9 - 3.9e9 * share, {"index": "price", "discount": 0.3 * share, "floor_index": 8e9, "cap_index": 15e9}
    rate = {"fixed": fixed, "market": market}[trial.suggest_categorical("rate", ["fixed", "market"])]
    terms = {"take_or_pay": share, "capacity": [[0, 0.3], [1, capacity]], "rate": rate, "commitment": None, "escalator": None}
    result = oh.run(deal.set({f"contract.cloud.{key}": terms[key] for key in terms}), paths=paths, seed=seed, progress=False)
    trial.set_user_attr("excess", result["bubble.lab.probability"] - 0.015)
    return result["figures.lab.compute_cost.mean"] / 1e9

sampler = optuna.samplers.TPESampler(seed=1, constraints_func=lambda trial: [trial.user_attrs["excess"]])
study = optuna.create_study(sampler=sampler)
study.optimize(cost, n_trials=80)
# --8<-- [end:example]

for rate in ("fixed", "market"):
    admissible = [trial for trial in study.trials if trial.params["rate"] == rate and trial.user_attrs["excess"] <= 0]
    best = min(admissible, key=lambda trial: trial.value)
    again = optuna.trial.FixedTrial(best.params)
    fresh = cost(again, seed=2, paths=100_000)
    terms = f"take-or-pay for {best.params['take_or_pay']:.0%} of {best.params['capacity']:.2f} GW"
    print(f"{rate}: {terms}, ${best.value:.2f}bn, bubble {best.user_attrs['excess'] + 0.015:.2%}")
    print(f"{rate} on fresh paths: ${fresh:.2f}bn, bubble {again.user_attrs['excess'] + 0.015:.2%}")
