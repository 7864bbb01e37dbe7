"""The package and the command line give the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import overhang_risk as oh
import pytest
from conftest import told


def same(of: Any) -> Any:
    """A document without what differs from one run to the next: times, dates, and the file's folder."""
    if isinstance(of, dict):
        return {key: same(value) for key, value in of.items() if key not in ("run", "engine_info", "file")}
    return [same(one) for one in of] if isinstance(of, list) else of


OPTIONS = [
    {"paths": 20_000, "seed": 7},
    {"paths": 1 << 15, "points": "sobol", "replicates": 8, "construction": "time"},
    {"paths": 5_000, "float": "f64", "backend": "cpu", "threads": 1, "levels": [0.9], "quantiles": [0.1, 0.5]},
    {"target": "bubble.system.probability ± 0.01", "seed": 3, "max_paths": 1_000_000},
    {"paths": 3_000, "variant": "flexible", "sampling": "host"},
]


def flags(options: dict[str, Any]) -> list[str]:
    found = []
    for name, value in options.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        found += [f"--{name.replace('_', '-')}"] + ([] if value is True else [text])
    return found


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options))
def test_run(program: Path, deal_file: Path, options: dict[str, Any]) -> None:
    printed = json.loads(told(program, "run", deal_file, *flags(options), "--format", "json"))
    assert same(oh.run(deal_file, **options).document) == same(printed)


def test_run_with_uncertain_inputs(program: Path, uncertain_file: Path) -> None:
    for options in ({"paths": 20_000, "draws": 32}, {"paths": 20_000, "at_centre": True}):
        printed = json.loads(told(program, "run", uncertain_file, *flags(options), "--format", "json"))
        assert same(oh.run(uncertain_file, **options).document) == same(printed)


def test_compare(program: Path, deal_file: Path) -> None:
    printed = json.loads(told(program, "compare", deal_file, "--paths", 20_000, "--format", "json"))
    assert same(oh.compare(deal_file, paths=20_000).document) == same(printed)


def test_sensitivity(program: Path, uncertain_file: Path) -> None:
    arguments = ["--paths", 4_000, "--only", "tornado,targets,classic", "--range", "discount.rate=0.05:0.1"]
    printed = json.loads(told(program, "sensitivity", uncertain_file, *arguments, "--format", "json"))
    found = oh.sensitivity(
        uncertain_file, paths=4_000, only=["tornado", "targets", "classic"], range={"discount.rate": (0.05, 0.1)}
    )
    assert same(found.document) == same(printed)


def test_check(program: Path, deal_file: Path) -> None:
    (printed,) = json.loads(told(program, "check", deal_file, "--all-variants", "--format", "json"))
    assert same(oh.check(deal_file, variants=oh.load(deal_file).variants)) == same(printed)


def test_sweep(program: Path, deal_file: Path, tmp_path: Path) -> None:
    """Each goes on with the store of the other, which it would refuse if anything differed."""
    axes = {"contract.cloud.take_or_pay": "0.5:1.0:4", "discount.rate": [0.05, 0.1]}
    found = oh.sweep(deal_file, tmp_path / "ours", axes, paths=2_000)
    arguments = ["--axis", "contract.cloud.take_or_pay=0.5:1.0:4", "--axis", "discount.rate=0.05,0.1", "--paths", 2_000]
    told(program, "sweep", deal_file, *arguments, "--out", tmp_path / "theirs")
    theirs = oh.open_store(tmp_path / "theirs")
    assert found.points == theirs.done == 8
    assert found.manifest == theirs.manifest
    assert np.array_equal(found.to_numpy(), theirs.to_numpy())
    told(program, "sweep", deal_file, *arguments, "--out", tmp_path / "ours")


def test_fit(program: Path, tmp_path: Path) -> None:
    import pandas as pd

    rng = np.random.default_rng(1)
    dates = pd.date_range("2023-01-01", periods=36, freq="MS")
    prices = 9e9 * np.exp(np.cumsum(rng.normal(-0.01, 0.08, 36)))
    table = pd.DataFrame({"date": dates, "h100": prices})
    table.to_csv(tmp_path / "prices.csv", index=False, float_format="%.17g")
    arguments = [tmp_path / "prices.csv", "--column", "h100", "--bootstrap", 200]
    printed = json.loads(told(program, "fit", *arguments, "--format", "json"))
    assert oh.fit(tmp_path / "prices.csv", "h100", bootstrap=200).document == printed
    entries = oh.fit(tmp_path / "prices.csv", "h100", bootstrap=200).to_dict()
    assert entries["factor"][0]["name"] == "h100" and entries["uncertain"]
    fitted = oh.template().to_dict()
    factors = [{**entries["factor"][0], "name": "price"}, *fitted["factor"][1:]]
    uncertain = [{**of, "key": of["key"].replace("h100", "price")} for of in entries["uncertain"]]
    scenario = oh.Scenario.from_dict({**fitted, "factor": factors, "uncertain": uncertain})
    assert set(scenario.uncertain) == {of["key"] for of in uncertain}
    for held in (table, table.set_index("date")):
        fits = oh.fit(held, "h100", bootstrap=200).document["fits"]
        assert fits["h100"]["parameters"] == printed["fits"]["h100"]["parameters"]


def test_sample(program: Path, deal_file: Path, tmp_path: Path) -> None:
    told(program, "sample", deal_file, "--paths", 1_000, "--seed", 5, "--out", tmp_path / "paths.npy")
    drawn = oh.sample(deal_file, paths=1_000, seed=5)
    assert np.array_equal(drawn, np.load(tmp_path / "paths.npy"))
    own = oh.run(deal_file, trajectories=drawn).document["figures"]
    assert own == oh.run(deal_file, trajectories=tmp_path / "paths.npy").document["figures"]


def test_folders_and_pages(program: Path, deal_file: Path, tmp_path: Path) -> None:
    result = oh.run(deal_file, paths=2_000)
    result.save(tmp_path / "base", save_paths=500)
    told(program, "report", tmp_path / "base", "--out", tmp_path / "theirs.html")
    result.report(tmp_path / "ours.html")
    assert "<h1>" in (tmp_path / "ours.html").read_text()
    paths = result.paths(500)
    import pandas as pd

    pd.testing.assert_frame_equal(paths.to_pandas(), pd.read_parquet(tmp_path / "base" / "paths.parquet"))
