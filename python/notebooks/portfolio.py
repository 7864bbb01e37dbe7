# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A portfolio of contracts
#
# How should a lab split its compute between a long contract with much take-or-pay, a dearer one with little, and on-demand
# capacity? This notebook minimizes the mean cost under a limit on the bubble probability, shows the efficient frontier, and
# computes the choice again on fresh paths. The prices of the offers are invented: put quotes in their place.

# %%
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import overhang_risk as oh
import pandas as pd

# %% [markdown]
# ## Two offers
#
# `firm` costs $10.5bn per gigawatt-year, 95% of it in any case. `flexible` costs $12.5bn, 40% of it in any case. Whatever the
# two do not cover is bought on demand at 25% above the market price.

# %%
LIMIT = 0.75  # percent
OFFERS = {"firm": {"rate": 10.5e9, "take_or_pay": 0.95}, "flexible": {"rate": 12.5e9, "take_or_pay": 0.4}}

tables = oh.template().to_dict()
del tables["variant"]
tables["horizon"]["step"] = "quarter"
tables["organization"][0]["burst"]["limit"] = 1.5
tables["contract"] = [
    {"name": name, "organization": "lab", "vendor": name.title(), "term": 5, "capacity": 0.5, **terms}
    for name, terms in OFFERS.items()
]
deal = oh.Scenario.from_dict(tables)
deal

# %% [markdown]
# ## All splits
#
# A sweep computes a grid of capacities on the same simulated futures, so two splits differ because of their terms and not by
# luck.

# %%
COST, BUBBLE, UPPER = "figures.lab.compute_cost.mean", "bubble.lab.probability", "bubble.lab.high"


def compute(points, paths, seed):
    """Cost in billions of dollars and bubble probability in percent of splits, by their capacities in gigawatts."""
    with tempfile.TemporaryDirectory() as folder:
        listed = points.add_prefix("contract.").add_suffix(".capacity")
        sweep = oh.sweep(deal, f"{folder}/store", list=listed, paths=paths, seed=seed)
        cost, bubble, upper = sweep.to_numpy(COST, BUBBLE, UPPER).T
    return points.assign(cost=cost / 1e9, bubble=100 * bubble, upper=100 * upper)


capacities = np.linspace(0.05, 0.75, 8).round(2)
grid = pd.DataFrame([(firm, flexible) for firm in capacities for flexible in capacities], columns=[*OFFERS])
splits = compute(grid, paths=20_000, seed=1)

# %%
figure, panels = plt.subplots(1, 2, figsize=(11, 4))
for panel, (column, title) in zip(panels, {"cost": "mean compute cost, $bn", "bubble": "bubble probability, %"}.items()):
    values = splits.pivot(index="flexible", columns="firm", values=column)
    figure.colorbar(panel.contourf(values.columns, values.index, values, levels=12), ax=panel)
    panel.set(title=title, xlabel="firm, GW", ylabel="flexible, GW")

# %% [markdown]
# The firm contract alone is cheapest near half a gigawatt, but risky on its own: too little leaves the lab to the market's
# price, too much to its own use. Some flexible capacity lowers the risk for a higher cost.
#
# ## The efficient frontier
#
# Efficient splits are those for which no other split is lower on both measures.

# %%


def efficient(table):
    ordered = table.sort_values(["cost", "bubble"])
    return ordered[ordered["bubble"] < ordered["bubble"].cummin().shift(fill_value=np.inf)]


found = efficient(splits)
found.round(2)

# %% [markdown]
# ## Again, on fresh paths
#
# A search picks the splits that do well on its own paths. Compute the frontier again with another seed and more paths, and
# quote these figures. The choice is the cheapest split whose interval lies below the limit.

# %%
fresh = compute(found[[*OFFERS]].reset_index(drop=True), paths=100_000, seed=2)
admissible = fresh[fresh["upper"] < LIMIT]
choice = admissible.loc[admissible["cost"].idxmin()]
comparison = fresh.assign(found_cost=found["cost"].to_numpy(), found_bubble=found["bubble"].to_numpy())
comparison.round(2)

# %%
axes = plt.subplots(figsize=(7, 4))[1]
axes.scatter(splits["cost"], splits["bubble"], s=12, color="lightgrey", label="all splits")
axes.plot(found["cost"], found["bubble"], "o--", markersize=4, label="frontier as found")
axes.plot(fresh["cost"], fresh["bubble"], "o-", markersize=4, label="on fresh paths")
axes.axhline(LIMIT, color="black", linewidth=1, label="limit")
axes.plot(choice["cost"], choice["bubble"], "*", markersize=14, label="choice")
axes.set(xlabel="mean compute cost, $bn", ylabel="bubble probability, %", ylim=(0, 6), title="Efficient frontier")
axes.set_xlim(fresh["cost"].min() - 0.3, fresh["cost"].max() + 0.3)
axes.legend()

# %%
chosen = deal.set({f"contract.{name}.capacity": float(choice[name]) for name in OFFERS})
burst = oh.run(chosen, paths=100_000, seed=2)["figures.lab.burst_cost.mean"] / 1e9
print(f"firm {choice['firm']:.2f} GW, flexible {choice['flexible']:.2f} GW, and ${burst:.1f}bn on demand")
print(f"mean cost ${choice['cost']:.2f}bn, bubble probability {choice['bubble']:.2f}%, at most {choice['upper']:.2f}%")
