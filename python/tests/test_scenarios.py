"""Scenarios: changes, dictionaries, and what is said of those that are wrong."""

from __future__ import annotations

import copy
import datetime
import pickle
from pathlib import Path

import numpy as np
import overhang_risk as oh
import pytest
from conftest import ROOT


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda file: file.stem)
def test_a_dictionary_is_the_same_scenario(file: Path) -> None:
    scenario = oh.load(file)
    again = oh.Scenario.from_dict(scenario.to_dict())
    one, other = (oh.run(of, paths=1_000, at_centre=True).document for of in (scenario, again))
    assert one["figures"] == other["figures"]
    assert one["bubble"] == other["bubble"]


def test_changes(deal: oh.Scenario) -> None:
    changed = deal.set(
        {
            "contract.cloud.take_or_pay": np.float64(0.5),
            "horizon.start": datetime.date(2027, 1, 1),
            "description": None,
        },
        name="changed",
    )
    found = changed.to_dict()
    assert found["contract"][0]["take_or_pay"] == 0.5
    assert found["horizon"]["start"] == "2027-01-01"
    assert "description" not in found
    assert changed.name == "changed"
    assert changed.variants == deal.variants
    assert deal.to_dict()["contract"][0]["take_or_pay"] != 0.5, "the scenario itself does not change"


def test_whole_tables_can_be_set(deal: oh.Scenario) -> None:
    contract = copy.deepcopy(deal.to_dict()["contract"][0])
    contract["name"] = "second"
    both = deal.set({"contract.second": contract})
    assert [of["name"] for of in both.to_dict()["contract"]] == ["cloud", "second"]


def test_messages_say_what_and_where(deal: oh.Scenario) -> None:
    with pytest.raises(oh.ScenarioError) as raised:
        deal.set({"contract.cloud.take_or_pay": 1.5})
    (message,) = raised.value.messages
    assert (message.key, message.severity) == ("contract.cloud.take_or_pay", "error")
    assert message.expected and message.line
    assert '"contract.cloud.take_or_pay": 1.5' in str(raised.value)
    with pytest.raises(oh.ScenarioError, match="there is no `contract` named `cluod`"):
        deal.set({"contract.cluod.take_or_pay": 0.5})
    with pytest.raises(oh.ScenarioError):
        deal.set({"contract.cloud.take_or_pay": float("nan")})
    with pytest.raises(oh.ScenarioError, match="cannot read the file"):
        oh.load("there is no such file.toml")
    with pytest.raises(TypeError):
        deal.set({"contract.cloud.take_or_pay": object()})


def test_points_of_a_sweep_that_are_no_scenarios(deal: oh.Scenario, tmp_path: Path) -> None:
    axes: dict[str, list[float]] = {"contract.cloud.take_or_pay": [0.5, 1.5], "discount.rate": [0.1, -2.0]}
    with pytest.raises(oh.ScenarioError, match="point 1: contract.cloud.take_or_pay = 0.5, discount.rate = -2") as error:
        oh.sweep(deal, tmp_path / "store", axes, paths=256)
    keys = {message.key for message in error.value.messages}
    assert keys == {"contract.cloud.take_or_pay", "discount.rate"}
    assert not (tmp_path / "store").exists()


def test_errors_and_scenarios_can_be_pickled(deal: oh.Scenario) -> None:
    with pytest.raises(oh.ScenarioError) as raised:
        oh.parse("name = 1")
    again = pickle.loads(pickle.dumps(raised.value))
    assert again.messages == raised.value.messages and str(again) == str(raised.value)
    assert pickle.loads(pickle.dumps(deal)).text == deal.text


def test_warnings_are_issued(deal: oh.Scenario) -> None:
    with pytest.warns(oh.OverhangWarning) as warned:
        odd = oh.Scenario.from_dict(deal.set({"factor.price.volatility": 5}).to_dict())
    assert [found.key for found in odd.warnings] == ["factor.price.volatility"]
    assert odd.warnings[0].title in str(warned[0].message)
    with pytest.warns(oh.OverhangWarning, match="the highest `demand` is 1000"):
        deal.set({"organization.lab.demand": 1000})


def test_variants_become_scenarios(deal: oh.Scenario) -> None:
    for name in deal.variants:
        alone = oh.run(deal.variant(name), paths=2_000).document
        among = oh.run(deal, variant=name, paths=2_000).document
        assert alone["figures"] == among["figures"]
    with pytest.raises(KeyError, match="flexible"):
        deal.variant("nobody")


WRONG = [
    ({"paths": 0}, "paths = 0: must be a whole number from 1"),
    ({"paths": 1.5}, "paths = 1.5"),
    ({"paths": 10, "target": "bubble.system.probability ± 0.1"}, "target lets the precision decide it"),
    ({"backend": "tpu"}, 'backend = tpu: must be one of "auto", "gpu", "cpu"'),
    ({"backend": "gpu", "float": "f64"}, "GPUs compute in f32 only"),
    ({"replicates": 4}, "replicates is for quasi-random points"),
    ({"draws": 16}, "draws sets the number of parameter sets"),
    ({"levels": [1.5]}, "must lie between 0 and 1"),
    ({"variant": "lena"}, "lena"),
    ({"threads": -1}, "threads = -1"),
    ({"seed": -1}, "seed = -1"),
    ({"max_seconds": 5.0}, "but there is none"),
    ({"trajectories": [1.0, 2.0]}, "trajectories is of type list"),
    ({"trajectories": np.zeros((3, 2, 1)), "seed": 3}, "seed has no effect"),
    ({"trajectories": np.zeros((3, 2))}, "float32 or float64 of shape"),
    ({"trajectories": np.zeros((3, 2, 1), dtype=complex)}, "float32 or float64 of shape"),
]


@pytest.mark.parametrize(("options", "expected"), WRONG, ids=lambda of: str(of)[:40] if isinstance(of, dict) else "")
def test_wrong_options(deal: oh.Scenario, options: dict[str, object], expected: str) -> None:
    with pytest.raises(oh.UsageError) as raised:
        oh.run(deal, **options)  # type: ignore[arg-type]
    assert expected in str(raised.value)
    assert "--" not in str(raised.value), "arguments are named as in Python"


def test_arrays_of_any_layout_give_the_same_figures(deal: oh.Scenario) -> None:
    drawn = oh.sample(deal, paths=1_000)
    expected = oh.run(deal, trajectories=drawn).document
    padded = np.zeros((2_000, drawn.shape[1], drawn.shape[2] * 2), dtype=np.float64)
    padded[::-2, :, ::2] = drawn
    for array in (drawn.astype(np.float64), np.asfortranarray(drawn), padded[::-2, :, ::2]):
        found = oh.run(deal, trajectories=array).document
        assert found["figures"] == expected["figures"]
        assert found["provenance"]["trajectories"] == expected["provenance"]["trajectories"]


def test_arrays_are_checked(deal: oh.Scenario) -> None:
    drawn = oh.sample(deal, paths=300)
    with pytest.raises(oh.RunFailed, match="has the shape"):
        oh.run(deal, trajectories=drawn[:, :, :-1])
    drawn[17, 3, 0] = np.nan
    with pytest.raises(oh.RunFailed, match="path 17, period 4"):
        oh.run(deal, trajectories=drawn)
