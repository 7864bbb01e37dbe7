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
# # A statement for a board
#
# Before a board signs a commitment, it wants to know how likely it is to go wrong, what that depends on, and what would have
# to be true for it to go well. This notebook takes you from a price history and three guesses to that statement. It is the
# tutorial of the book, `docs/board.md`, in Python.

# %%
import numpy as np
import overhang_risk as oh
import pandas as pd

# %% [markdown]
# ## A price history
#
# Use your own quotes, in dollars per GPU-hour. These are synthetic: four years of monthly prices, drawn here.

# %%
rng = np.random.Generator(np.random.PCG64(12))
dates = pd.date_range("2023-01-01", periods=48, freq="MS")
history = pd.DataFrame({"h100": (3.6 * np.exp(np.cumsum(rng.normal(-0.010, 0.08, 48)))).round(3)}, index=dates)
fit = oh.fit(history, "h100", start="2027-01-01")
print(fit.toml)

# %% [markdown]
# Prices fell by about 9% a year, but four years say little about the trend. The `[[uncertain]]` entries keep that ignorance
# in the scenario.
#
# ## The plan
#
# A lab signs two thirds of the capacity that it plans for, and bursts into the public cloud for the rest. `scale` converts
# dollars per GPU-hour to dollars per gigawatt-year: a gigawatt runs about 700,000 H100 equivalents for 8,766 hours a year.

# %%
PLAN = """
schema = 1
name = "A lab's computing power"
currency = "USD"
capacity_unit = "GW"
horizon = { start = 2027-01-01, years = 5, step = "month" }
discount = { rate = 0.12, liabilities = 0.06 }
bubble = { any = ["cash_out", "return_gap"] }

[[factor]]
name = "use"                    # wanted, as a share of planned demand
process = "ou"
level = 0.80
reversion = 1.5
volatility = 0.40

[[factor]]
name = "return"                 # revenue from a gigawatt-year of use
process = "ou"
level = 17e9
reversion = 0.7
volatility = 0.30

[[organization]]
name = "lab"
utilization = "use"
demand = [[0, 1.0], [3, 3.0], [5, 3.5]]
performance_return = "return"
burst = { price = "h100", premium = 0.25, limit = 2.5, scale = 6.1e9 }
cash = { opening = 12e9, margin = 0.8, opex = 3e9, interest = 0.03, borrowing = 0.10, funding = [[1, 6e9]] }

[[contract]]
name = "base"
organization = "lab"
vendor = "Cloud"
term = 5
ramp = [[0, 1.0], [3, 3.0], [5, 3.0]]
commitment = 92e9
rate = 11.5e9
take_or_pay = 0.95

[[event]]
name = "cash_out"
metric = "cash"
below = 0

[[event]]
name = "return_gap"             # revenue covers less than three quarters of the bills for half a year
metric = "coverage"
below = 0.75
duration = 0.5
after = 1

[[variant]]
name = "everything"
label = "Secure everything"
set = { "contract.base.commitment" = 138e9 }
"""

# %% [markdown]
# ## Three guesses
#
# Ask the people who made the plan for a low and a high value of each number that matters, and write down their reasons.

# %%
GUESSES = """
[[uncertain]]
key = "factor.use.level"
label = "Use, share of the plan"
reason = "Head of product: one time in ten below 60%, one time in ten above 90%"
distribution = "triangular"
low = 0.6
high = 0.9

[[uncertain]]
key = "factor.return.level"
label = "Revenue per GW-year"
reason = "The plan says $17bn; the last two plans were missed by a fifth and beaten by a tenth"
distribution = "pert"
min = 11e9
mode = 17e9
max = 21e9

[[uncertain]]
key = "organization.lab.demand[1].value"
label = "Demand in year 3"
reason = "Half of the growth depends on a product that is not launched"
distribution = "pert"
min = 1.8
mode = 3.0
max = 3.6
"""
deal = oh.parse(PLAN + fit.toml + GUESSES, "lab.toml")
pd.DataFrame(deal.uncertain, index=["10%", "median", "90%"]).T

# %% [markdown]
# ## How likely is it to go wrong?

# %%
result = oh.run(deal, paths=200_000)
bubble = result.document["uncertainty"]["outputs"]["bubble.system.probability"]
risk, (low, high) = bubble["predictive"]["value"], bubble["range"]
print(f"bubble probability {risk:.1%}; for nine parameter sets in ten between {low:.0%} and {high:.0%}")
print(f"with all inputs at their medians {bubble['centre']['value']:.1%}")

# %% [markdown]
# A result shows its main charts in a notebook.

# %%
result

# %% [markdown]
# ## What does it depend on?
#
# The share of the differences between parameter sets that each input explains alone, and what it is worth to learn the input
# before signing, if the alternative is not to sign.

# %%
labels = {key: of.get("label", key) for key, of in result.document["uncertainty"]["inputs"].items()}
learning = {key: of["learning"]["value"] / 1e9 for key, of in result.document["uncertainty"]["inputs"].items()}
drivers = pd.DataFrame(
    {
        "bubble, %": {key: 100 * of["value"] for key, of in bubble["first_order"].items()},
        "worth, $bn": learning,
    }
).sort_values("bubble, %", ascending=False)
drivers.rename(index=labels).round(1)

# %% [markdown]
# ## What would have to be true?
#
# For each input, the value at which the risk falls to 20%, with all others at their medians.

# %%
found = oh.sensitivity(deal, only="targets", target="bubble.system.probability < 0.2", paths=20_000)
answers = found.document["targets"][0]["inputs"]
needed = {key: of for key, of in answers.items() if of["answer"] == "at"}
for key, of in needed.items():
    print(f"{labels[key]}: {'above' if of['above'] else 'below'} {of['value']:.4g} [{of['low']:.4g}, {of['high']:.4g}]")

# %% [markdown]
# ## The alternative

# %%
comparison = oh.compare(deal, paths=200_000)
difference = 100 * comparison["differences.everything.bubble.system.probability.value"]
dearer = -comparison["differences.everything.figures.system.net_value.mean.value"] / 1e9
print(f"Secure everything: {difference:+.1f} points of risk, ${dearer:.1f}bn worse on average")

# %% [markdown]
# ## The statement
#
# All figures come from the cells above, so the statement follows your own inputs.

# %%
first, second = drivers.index[:2]
revenue = needed["factor.return.level"]["value"] / 1e9
statement = f"""
> If we sign for $92bn, the probability that we run out of money, or that revenue does not cover our compute bills, is **{risk:.0%}**
> within five years. It is between {low:.0%} and {high:.0%} depending on assumptions that we cannot verify today.
>
> **What it depends on.** {labels[first]} ({drivers["bubble, %"].iloc[0]:.0f}% of the differences) and {labels[second]}
> ({drivers["bubble, %"].iloc[1]:.0f}%).
>
> **What would have to be true.** The risk is below 20% if we earn more than ${revenue:.1f}bn from a gigawatt-year.
>
> **What to find out first.** {labels[first]}: to know it before we sign is worth ${learning[first]:.1f}bn on average.
>
> **The alternative.** Securing everything for $138bn raises the risk by {difference:.0f} points, and is ${dearer:.0f}bn worse on average.
"""
print(statement)
