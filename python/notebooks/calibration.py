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
# # Calibrate a price to its history
#
# From a history of prices to a run that knows how little the history says. The history is **synthetic**: it is drawn below
# from a geometric Brownian motion with known parameters, so that you can compare the fit with the truth. Put your own quotes
# in its place.

# %%
import tomllib

import matplotlib.pyplot as plt
import numpy as np
import overhang_risk as oh
import pandas as pd

# %%
TRUE_DRIFT, TRUE_VOLATILITY, YEARS = -0.15, 0.30, 3
weeks = 52 * YEARS
rng = np.random.default_rng(2026)
steps = rng.normal((TRUE_DRIFT - TRUE_VOLATILITY**2 / 2) / 52, TRUE_VOLATILITY / np.sqrt(52), weeks)
dates = pd.date_range("2024-01-05", periods=weeks, freq="W-FRI")
history = pd.DataFrame({"price": 14e9 * np.exp(np.cumsum(steps))}, index=dates)
axes = (history["price"] / 1e9).plot(title="Synthetic history", xlabel="", ylabel="$bn per gigawatt-year")

# %% [markdown]
# ## Fit
#
# `oh.fit` compares the processes by their BIC and bootstraps the errors of the parameters. Weekly prices for three years give
# the volatility within a few percent. They say little about the drift, whose error is the volatility divided by the root of
# the number of years.

# %%
fit = oh.fit(history, "price", process="gbm", start="2027-01-01")
parameters = pd.DataFrame(fit.document["fits"]["price"]["parameters"]).T[["value", "se", "low", "high"]].astype(float)
parameters["true"] = [TRUE_DRIFT, TRUE_VOLATILITY]
parameters.round(3)

# %%
print(f"expected error of the drift: {TRUE_VOLATILITY / np.sqrt(YEARS):.3f}")
fit

# %% [markdown]
# ## Put it into a scenario
#
# `fit.toml` is ready to paste into a scenario file. From Python, put the factor and the uncertain inputs into the tables of a
# scenario. This lab commits to half of the capacity and buys the rest at the market price, so the price matters.

# %%
fitted = tomllib.loads(fit.toml)
tables = oh.template().to_dict()
place = [factor["name"] for factor in tables["factor"]].index("price")
tables["factor"][place] = fitted["factor"][0]
tables["uncertain"] = fitted["uncertain"]
tables["uncertain_correlation"] = fitted["uncertain_correlation"]
tables["contract"][0] |= {"commitment": 22.5e9, "capacity": [[0, 0.15], [1, 0.5]]}
tables["organization"][0]["burst"]["limit"] = 1.2
deal = oh.Scenario.from_dict(tables)
pd.DataFrame(deal.uncertain, index=["10%", "median", "90%"]).T.round(3)

# %% [markdown]
# ## A predictive run
#
# The run draws parameter sets and simulates each, so its intervals include what the history leaves open. Holding the inputs
# at their medians treats the fit as the truth.

# %%
predictive = oh.run(deal, paths=200_000)
exact = oh.run(deal, paths=200_000, at_centre=True)

def fan_of_prices(result):
    table = result.profile().to_pandas()
    prices = table[(table.quantity == "factors.price") & (table.kind == "quantile")]
    return prices.pivot(index="year", columns="level", values="value") / 1e9

fans = {"predictive": fan_of_prices(predictive), "fit taken as exact": fan_of_prices(exact)}
figure, panels = plt.subplots(1, 2, figsize=(10, 3.5), sharey=True)
for panel, (name, fan) in zip(panels, fans.items()):
    panel.fill_between(fan.index, fan[0.05], fan[0.95], alpha=0.3, linewidth=0)
    panel.plot(fan.index, fan[0.5])
    panel.set(title=name, xlabel="years", ylabel="price, $bn per gigawatt-year")

# %% [markdown]
# ## What the difference is worth
#
# The parameters that nobody knows widen the tail: the expected shortfall is the mean cost of the worst twentieth of futures.

# %%
cost = "figures.lab.compute_cost"
summary = pd.DataFrame(
    {
        name: {
            "mean cost, $bn": result[f"{cost}.mean"] / 1e9,
            "expected shortfall 95%, $bn": result[f"{cost}.shortfall.0.95.value"] / 1e9,
            "bubble, %": 100 * result["bubble.lab.probability"],
        }
        for name, result in {"predictive": predictive, "fit taken as exact": exact}.items()
    }
)
summary.round(2)

# %%
share = predictive.document["uncertainty"]["outputs"][f"{cost}.mean".replace("lab", "system")]["parameters"]["value"]
print(f"{share:.0%} of the variance of the cost is due to the parameters of the price")
