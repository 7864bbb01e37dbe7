"""Results as tables, arrays and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import overhang_risk as oh
import pytest
from conftest import UNCERTAIN


@pytest.fixture
def result(deal: oh.Scenario) -> oh.RunResult:
    return oh.run(deal, paths=5_000, backend="cpu")


def test_tables_reach_pandas_polars_and_arrow(result: oh.RunResult) -> None:
    table = result.distributions()
    pandas, polars, arrow = table.to_pandas(), table.to_polars(), table.to_arrow()
    assert len(table) == len(pandas) == len(polars) == len(arrow) > 100
    assert table.names == list(pandas.columns) == polars.columns == arrow.column_names
    value = table["value"]
    assert np.array_equal(value, pandas["value"].to_numpy(), equal_nan=True)
    assert np.array_equal(value, polars["value"].to_numpy(), equal_nan=True)
    assert np.isnan(table["level"]).any() and arrow["level"].null_count == np.isnan(table["level"]).sum()


def test_arrow_tables_share_their_memory(result: oh.RunResult) -> None:
    table = result.paths(1_000)
    one, other = table.to_arrow(), table.to_arrow()
    of = [found["path"].chunk(0).buffers()[1].address for found in (one, other)]
    assert of[0] == of[1], "both are the memory of the table"
    del table, other
    assert one["path"].to_pylist()[:3] == [0, 1, 2], "it lives as long as somebody uses it"


def test_single_paths_make_the_means(result: oh.RunResult) -> None:
    paths = result.paths(5_000)
    mean = result["figures.lab.compute_cost.mean"]
    assert mean is not None
    assert abs(np.mean(paths["lab.compute_cost"]) - mean) < 1e-6 * abs(mean)
    burst = np.mean(~np.isnan(paths["lab.bubble_time"]))
    assert burst == pytest.approx(result["bubble.lab.probability"])


def test_numbers_have_keys(result: oh.RunResult) -> None:
    numbers = result.numbers()
    assert numbers["bubble.system.probability"] == result["bubble.system.probability"]
    with pytest.raises(KeyError, match="did you mean bubble.lab.probability"):
        result["bubble.labs.probability"]
    with pytest.raises(KeyError, match="has all keys"):
        result["nonsense"]


def test_parameter_sets(deal: oh.Scenario, result: oh.RunResult) -> None:
    assert result.parameters() is None
    uncertain = oh.parse(deal.text + UNCERTAIN)
    assert list(uncertain.uncertain) == ["factor.price.volatility", "contract.cloud.take_or_pay"]
    low, median, high = uncertain.uncertain["factor.price.volatility"]
    assert (low, high) == pytest.approx((0.2, 0.4)) and low < median < high
    found = oh.run(uncertain, paths=20_000, draws=64, backend="cpu")
    sets = found.parameters()
    assert sets is not None and len(sets) == 64
    assert "factor.price.volatility" in sets.names


def test_profile_and_comparison_tables(deal: oh.Scenario, result: oh.RunResult) -> None:
    profile = result.profile().to_pandas()
    assert set(profile.kind) == {"quantile", "mean", "burst", "otherwise"}
    found = oh.compare(deal, paths=20_000, backend="cpu")
    table = found.differences().to_pandas().set_index(["scenario", "key"])
    key = "figures.lab.compute_cost.mean"
    first = found.document["differences"]["flexible"][key]
    assert table.loc[("flexible", key), "value"] == first["value"]
    assert table.loc[("flexible", key), "se"] == first["se"]
    flags = found.differences()["significant"]
    assert flags.dtype == table["significant"].dtype == bool and set(flags) == {True, False}
    assert found.differences().to_polars()["significant"].to_list() == found.differences().to_arrow()["significant"].to_pylist() == flags.tolist()
    assert table.loc[("flexible", key), "significant"] and not table[table.value == 0]["significant"].any()


def test_notebooks_show_pages(deal: oh.Scenario, result: oh.RunResult) -> None:
    for shown in (result, oh.compare(deal, paths=20_000), oh.sensitivity(deal, only="chance", paths=2_000)):
        text = shown._repr_html_()
        assert text.startswith("<iframe") and "&lt;svg" in text or "&lt;table" in text


def test_pictures(result: oh.RunResult, tmp_path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    for axes in (result.plot_histogram("net_value"), result.plot_bubble("lab")):
        axes.figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 5_000


def test_sweeps(deal: oh.Scenario, tmp_path: Path) -> None:
    axes = {"contract.cloud.take_or_pay": (0.5, 1.0), "variant": ["flexible"]}
    whole = oh.sweep(deal, tmp_path / "whole", {**axes, "variant": deal.variants}, paths=2_000)
    assert whole.done == whole.points == 2 * len(deal.variants) and whole.failed == []
    assert whole.table().names[:3] == ["point", "contract.cloud.take_or_pay", "variant"]
    shards = [tmp_path / f"shard{index}" for index in range(3)]
    for index, store in enumerate(shards):
        oh.sweep(deal, store, {**axes, "variant": deal.variants}, paths=2_000, shard=(index, 3))
    steps: list[tuple[str, int | None] | int] = []

    class Told:
        def begin(self, what: str, total: int | None) -> None:
            steps.append((what, total))

        def advance(self, count: int) -> None:
            steps.append(count)

        def end(self) -> None:
            pass

    merged = oh.merge(tmp_path / "merged", shards, progress=Told())
    assert steps[0] == ("points", merged.points) and sum(of for of in steps if isinstance(of, int)) == merged.points
    assert np.array_equal(merged.to_numpy(), whole.to_numpy())
    random = oh.sweep(deal, tmp_path / "random", {"discount.rate": "0.05:0.15"}, design="sobol", points=(8, "sobol"), paths=4096)
    assert random.points == 8 and random.manifest["points"]["set"] == "sobol"


def test_points_in_memory(deal: oh.Scenario, tmp_path: Path) -> None:
    import pandas as pd

    points = pd.DataFrame({"contract.cloud.take_or_pay": [0.55, 0.75, 0.95], "discount.rate": np.array([0.05, 0.07, 0.1])})
    points.to_csv(tmp_path / "points.csv", index=False)
    expected = oh.sweep(deal, tmp_path / "file", list=tmp_path / "points.csv", paths=2_000)
    for place, held in enumerate((points, {name: points[name].to_numpy() for name in points})):
        found = oh.sweep(deal, tmp_path / f"held{place}", list=held, paths=2_000)
        assert np.array_equal(found.to_numpy(), expected.to_numpy())
    both = found.to_numpy("contract.cloud.take_or_pay", "bubble.system.probability")
    assert np.array_equal(both[:, 0], points["contract.cloud.take_or_pay"])
    with pytest.raises(oh.UsageError, match="list is of type ndarray"):
        oh.sweep(deal, tmp_path / "none", list=np.zeros((3, 2)))


def test_devices_are_listed() -> None:
    for adapter in oh.devices():
        assert adapter.name and adapter.backend
