"""Pages, pictures, benchmarks and lists of runs are those of the command line."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import overhang_risk as oh
import pytest
from conftest import told

KINDS = [("distribution", "lab.net_value"), ("exceedance", None), ("bubble", None), ("fan", "factors.price"), ("bursting", None), ("waterfall", None)]


@pytest.mark.parametrize(("kind", "of"), KINDS)
def test_plot(program: Path, deal_file: Path, tmp_path: Path, kind: oh.options.Kind, of: str | None) -> None:
    result = oh.run(deal_file, paths=20_000)
    result.save(tmp_path / "base")
    shown = ["--of", of] if of else []
    for name in ("chart.svg", "chart.png"):
        told(program, "plot", tmp_path / "base", "--kind", kind, *shown, "--out", tmp_path / f"their-{name}", "--width", 600)
        picture = oh.plot(result, kind, of, tmp_path / name, width=600)
        assert (tmp_path / name).read_bytes() == (tmp_path / f"their-{name}").read_bytes()
    assert picture.svg == picture._repr_svg_() == (tmp_path / "chart.svg").read_text()
    assert picture.png == (tmp_path / "chart.png").read_bytes()
    assert picture.title in repr(picture) and picture.summary


def test_what_cannot_be_drawn(deal: oh.Scenario, tmp_path: Path) -> None:
    result = oh.run(deal, paths=2_000)
    with pytest.raises(oh.UsageError, match="there is no `lab.net_valeu`") as error:
        result.plot("exceedance", "lab.net_valeu")
    assert "lab.net_value" in error.value.hint
    with pytest.raises(oh.UsageError, match="nothing to draw"):
        result.plot("losses")
    with pytest.raises(oh.UsageError, match="width = 10"):
        result.plot("bubble", width=10)
    with pytest.raises(oh.UsageError, match="neither .svg nor .png"):
        result.plot("bubble", file=tmp_path / "bubble.jpg")
    assert [*tmp_path.iterdir()] == []


def section(page: str, name: str) -> str:
    """A section of a page up to the next one."""
    return page.split(f'id="{name}"')[1].split("<section")[0]


def test_drivers(program: Path, uncertain_file: Path, tmp_path: Path) -> None:
    for variant in ([], ["--variant", "flexible"]):
        result = oh.run(uncertain_file, paths=20_000, draws=32, variant="flexible" if variant else None)
        result.report(tmp_path / "ours.html", drivers=True)
        arguments = ["--paths", 20_000, "--draws", 32, *variant, "--report", tmp_path / "theirs.html", "--drivers"]
        told(program, "run", uncertain_file, *arguments)
        ours, theirs = ((tmp_path / name).read_text() for name in ("ours.html", "theirs.html"))
        name = next(name for name in re.findall(r'id="([^"]*drivers)"', theirs))
        assert section(ours, name) == section(theirs, name) and "<svg" in section(ours, name)
    result.report(tmp_path / "plain.html")
    assert f'id="{name}"' not in (tmp_path / "plain.html").read_text()
    result.report(tmp_path / "tables.xlsx")
    with zipfile.ZipFile(tmp_path / "tables.xlsx") as book:
        assert sum(name.startswith("xl/worksheets/") for name in book.namelist()) > 5
    with pytest.raises(oh.UsageError, match="has the extension of a document"):
        result.report(tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()
    given = oh.run(uncertain_file, at_centre=True, trajectories=oh.sample(uncertain_file, paths=500, at_centre=True))
    with pytest.raises(oh.UsageError, match="drivers"):
        given.report(tmp_path / "given.html", drivers=True)


def test_sweep_page(program: Path, deal_file: Path, tmp_path: Path) -> None:
    axes = {"contract.cloud.take_or_pay": [0.5, 0.75, 1.0], "discount.rate": [0.05, 0.1]}
    found = oh.sweep(deal_file, tmp_path / "store", axes, paths=2_000)
    for figure in ("commitment_cost", "net_value"):
        found.report(tmp_path / "ours.html", figure=figure)
        told(program, "report", tmp_path / "store", "--figure", figure, "--out", tmp_path / "theirs.html")
        assert (tmp_path / "ours.html").read_text() == (tmp_path / "theirs.html").read_text()
    with pytest.raises(oh.UsageError, match="figure = net_valeu: must be one of"):
        found.report(tmp_path / "wrong.html", figure="net_valeu")


def test_index_runs(program: Path, uncertain_file: Path, tmp_path: Path) -> None:
    told(program, "sensitivity", uncertain_file, "--indices", 16, "--seed", 3, "--write-list", tmp_path / "theirs.parquet")
    listed = oh.sensitivity(uncertain_file, indices=16, seed=3, write_list=tmp_path / "ours.parquet")
    assert (tmp_path / "ours.parquet").read_bytes() == (tmp_path / "theirs.parquet").read_bytes()
    assert listed.names == ["factor.price.volatility", "contract.cloud.take_or_pay"]
    stores = [tmp_path / "file", tmp_path / "table"]
    oh.sweep(uncertain_file, stores[0], list=tmp_path / "ours.parquet", paths=256, seed=3)
    oh.sweep(uncertain_file, stores[1], list=listed, paths=256, seed=3)
    found = [
        oh.sensitivity(uncertain_file, only="indices", indices=16, paths=256, seed=3, from_store=store).document["indices"]
        for store in stores
    ]
    assert found[0] == found[1]


def test_lists_that_are_refused(uncertain_file: Path, tmp_path: Path) -> None:
    with pytest.raises(oh.UsageError, match="writes Parquet"):
        oh.sensitivity(uncertain_file, indices=16, write_list=tmp_path / "list.csv")
    for options in ({}, {"indices": 16, "variant": "flexible"}, {"indices": 16, "from_store": tmp_path}):
        with pytest.raises(oh.UsageError):
            oh.sensitivity(uncertain_file, write_list=tmp_path / "list.parquet", **options)  # type: ignore[call-overload]
    assert not (tmp_path / "list.parquet").exists()


def test_bench(program: Path, uncertain_file: Path, tmp_path: Path) -> None:
    found = oh.bench(uncertain_file, paths=[2_000, 4_000], rounds=2, seed=5)
    printed = json.loads(told(program, "bench", uncertain_file, "--paths", "2000,4000", "--rounds", 2, "--seed", 5, "--format", "json"))
    assert found.document.keys() == printed.keys()
    for key in ("scenario", "scenario_hash", "seed", "rounds", "compared_paths", "machine"):
        assert found.document[key] == printed[key]
    table = found.table()
    assert table["name"] == [of["name"] for of in printed["contenders"]]
    assert list(table["paths"]) == [of["paths"] for of in printed["contenders"]]
    first = found.document["contenders"][0]
    assert table["seconds"][0] == np.median(first["seconds"]) and table["seconds_high"][0] == max(first["seconds"])
    assert str(found) == found.text() and "then/now" in found.text(earlier=found) and "then/now" not in found.text()
    found.report(tmp_path / "bench.html")
    assert "<svg" in (tmp_path / "bench.html").read_text()
    with pytest.raises(oh.UsageError, match="paths = 0: must be a whole number"):
        oh.bench(uncertain_file, paths=[0])
