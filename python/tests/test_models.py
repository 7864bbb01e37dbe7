"""Custom models: functions as a source of trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np
import overhang_risk as oh
import pytest
from conftest import UNCERTAIN

PATHS = 2_000


def identity(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    return {}


#: One lab that uses all of one gigawatt for two years, at constant prices and without discounting.
PLAIN = {
    "schema": 1,
    "name": "One gigawatt",
    "currency": "USD",
    "capacity_unit": "GW",
    "horizon": {"start": "2027-01-01", "years": 2, "step": "quarter"},
    "discount": {"rate": 0.0},
    "factor": [
        {"name": "price", "process": "gbm", "start": 12e9, "drift": 0.0, "volatility": 0.3},
        {"name": "use", "process": "table", "values": 1.0},
        {"name": "return", "process": "ou", "level": 16e9, "reversion": 1.0, "volatility": 0.3},
    ],
    "organization": [
        {
            "name": "lab",
            "utilization": "use",
            "demand": 1.5,
            "performance_return": "return",
            "burst": {"price": "price"},
            "cash": {"opening": 1e12, "opex": 0.0},
        }
    ],
    "contract": [{"name": "c", "organization": "lab", "vendor": "V", "term": 2, "capacity": 1.0, "rate": 10e9, "take_or_pay": 1.0}],
}


def test_a_replaced_return_has_its_closed_form() -> None:
    """1.5 GW of use at a return that rises by $1bn a quarter, and half a gigawatt of burst at a given price."""
    scenario = oh.Scenario.from_dict(PLAIN)
    returns, price = 10e9 + 1e9 * np.arange(8), 8e9

    def model(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        return {"return": np.broadcast_to(returns, drawn["return"].shape), "price": np.full(drawn["price"].shape, price)}

    found = oh.run(scenario, paths=PATHS, trajectories=model)
    assert found["figures.lab.value.mean"] == pytest.approx(1.5 * returns.mean() * 2, rel=1e-6)
    assert found["figures.lab.burst_cost.mean"] == pytest.approx(0.5 * price * 2, rel=1e-6)
    assert found["figures.lab.commitment_cost.mean"] == pytest.approx(20e9, rel=1e-6)
    assert found.document["provenance"]["paths"] == PATHS


def test_random_numbers_of_a_model_have_their_mean_and_follow_the_seed() -> None:
    scenario = oh.Scenario.from_dict(PLAIN)

    def model(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        return {"return": rng.exponential(10e9, drawn["return"].shape)}

    one, again, other = (oh.run(scenario, paths=PATHS, trajectories=model, seed=seed) for seed in (1, 1, 2))
    error = 1.5 * 10e9 * 2 / np.sqrt(8 * PATHS)
    mean = one["figures.lab.value.mean"]
    assert abs(mean - 1.5 * 10e9 * 2) < 4 * error
    assert mean == again["figures.lab.value.mean"] != other["figures.lab.value.mean"]


@pytest.mark.parametrize(
    "options",
    [{"seed": 7}, {"seed": 3, "points": "sobol", "replicates": 4, "construction": "time"}, {"backend": "cpu", "threads": 1}],
    ids=lambda options: "-".join(options),
)
def test_the_identity_gives_what_a_run_on_samples_gives(deal: oh.Scenario, options: dict[str, Any]) -> None:
    own = oh.run(deal, paths=PATHS, trajectories=identity, levels=[0.9], **options)
    drawn = {name: value for name, value in options.items() if name != "backend"}
    given = oh.run(deal, trajectories=oh.sample(deal, paths=PATHS, **drawn), levels=[0.9])
    assert own.document["figures"] == given.document["figures"]
    assert own.document["bubble"] == given.document["bubble"]
    assert own.document["provenance"]["trajectories"] == given.document["provenance"]["trajectories"]


def test_the_identity_gives_what_a_plain_run_gives(deal: oh.Scenario) -> None:
    own, plain = oh.run(deal, paths=PATHS, seed=7, trajectories=identity), oh.run(deal, paths=PATHS, seed=7)
    assert own.document["figures"] == plain.document["figures"]


def test_a_model_sees_what_is_drawn(deal: oh.Scenario) -> None:
    seen = {}

    def model(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        seen.update(drawn)
        return drawn

    oh.run(deal, paths=PATHS, seed=5, trajectories=model)
    assert list(seen) == deal.factors
    expected = oh.sample(deal, paths=PATHS, seed=5)
    for place, values in enumerate(seen.values()):
        assert values.dtype == np.float32 and np.array_equal(values, expected[:, :, place])


def test_factors_can_be_exchanged(deal: oh.Scenario) -> None:
    """A model may return the arrays that it was given."""
    drawn = oh.sample(deal, paths=PATHS)
    exchanged = oh.run(deal, paths=PATHS, trajectories=lambda drawn, rng: {"price": drawn["return"], "return": drawn["price"]})
    assert exchanged.document["figures"] == oh.run(deal, trajectories=drawn[:, :, [2, 1, 0]]).document["figures"]


def test_what_is_drawn_cannot_be_written_to(deal: oh.Scenario) -> None:
    def model(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        drawn["price"] *= 2
        return {}

    with pytest.raises(ValueError, match="read-only"):
        oh.run(deal, paths=PATHS, trajectories=model)


def test_uncertain_inputs_are_held_at_their_medians(deal: oh.Scenario) -> None:
    uncertain = oh.parse(deal.text + UNCERTAIN)
    with pytest.raises(oh.UsageError, match="at_centre"):
        oh.run(uncertain, paths=PATHS, trajectories=identity)
    own = oh.run(uncertain, paths=PATHS, trajectories=identity, at_centre=True)
    assert own.document["figures"] == oh.run(uncertain, paths=PATHS, at_centre=True).document["figures"]


WRONG = [
    (lambda d, r: None, "the model returned None instead of a dictionary", "{'return': values}"),
    (lambda d, r: d["price"], "the model returned an object of type ndarray instead of a dictionary", "by name"),
    (lambda d, r: {"retrun": d["return"]}, "the model returned 'retrun', which is not a factor", "price, use, return"),
    (lambda d, r: {"return": 16e9}, "the model returned 16000000000.0 for the factor `return`", f"({PATHS}, 60)"),
    (lambda d, r: {"use": d["use"].tolist()}, "the model returned an object of type list for the factor `use`", f"({PATHS}, 60)"),
    (lambda d, r: {"use": d["use"].T}, f"an array of shape (60, {PATHS}) for the factor `use`", f"({PATHS}, 60)"),
    (lambda d, r: {"use": d["use"] > 1}, "an array of bool for the factor `use`", "numbers"),
    (lambda d, r: {"use": d["use"] + 0j}, "an array of complex64 for the factor `use`", "numbers"),
]


@pytest.mark.parametrize(("model", "message", "hint"), WRONG, ids=lambda of: of[13:40] if isinstance(of, str) else "")
def test_wrong_models(deal: oh.Scenario, model: Any, message: str, hint: str) -> None:
    with pytest.raises(oh.UsageError) as raised:
        oh.run(deal, paths=PATHS, trajectories=model)
    assert message in raised.value.message and hint in raised.value.hint


@pytest.mark.parametrize("options", [{"variant": "flexible"}, {"target": "bubble.system.probability ± 0.01"}], ids=list)
def test_options_that_do_not_suit_a_model(deal: oh.Scenario, options: dict[str, Any]) -> None:
    with pytest.raises(oh.UsageError, match=f"`{next(iter(options))}` cannot be combined with a model"):
        oh.run(deal, trajectories=identity, **options)


def test_values_are_checked_by_the_engine(deal: oh.Scenario) -> None:
    def model(drawn: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        price = drawn["price"].astype(float)
        price[17, 3] = 1e300
        return {"price": price}

    with pytest.raises(oh.RunFailed, match="path 17, period 4"):
        oh.run(deal, paths=PATHS, trajectories=model)


def test_an_error_of_a_model_is_its_own(deal: oh.Scenario) -> None:
    with pytest.raises(ZeroDivisionError):
        oh.run(deal, paths=PATHS, trajectories=lambda drawn, rng: 1 / 0)  # type: ignore[arg-type, return-value]
