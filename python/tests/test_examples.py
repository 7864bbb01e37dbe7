"""The examples of other tools: they run, give plausible figures, have at most fifteen lines, and stand in the book as they are."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

FOLDER = ROOT / "python" / "examples"
PAGE = ROOT / "docs" / "python-tools.md"
LINES = 15
BLOCKS = re.compile(
    r"^```python,package\n(?P<code>.*?)^```\n\n^```text,package\n(?P<output>.*?)^```$", re.MULTILINE | re.DOTALL
)
NUMBER = r"[-+]?\d[\d,]*\.?\d*(?:e[-+]?\d+)?"


def name(file: Path) -> str:
    return file.stem


EXAMPLES = sorted(FOLDER.glob("*.py"))


def example(file: Path) -> str:
    """The part of an example between its markers."""
    found = re.search(r"# --8<-- \[start:example\]\n(.*?)# --8<-- \[end:example\]\n", file.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None, f"{file.name} has no markers"
    return found[1]


def printed(stem: str, *packages: str) -> str:
    """What an example prints, which is what the book shows below it."""
    absent = [package for package in packages if importlib.util.find_spec(package) is None]
    if absent:
        told = f"{stem}.py needs {', '.join(absent)}: pip install -r python/requirements-test.txt"
        if os.environ.get("OVERHANG_REQUIRE_PYTHON"):
            pytest.fail(told)
        pytest.skip(told)
    command = [sys.executable, "-W", "ignore", str(FOLDER / f"{stem}.py")]
    found = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert found.returncode == 0, found.stderr
    compare_with_the_book(stem, found.stdout)
    return found.stdout


def compare_with_the_book(stem: str, output: str) -> None:
    """The same words, and about the same numbers. With OVERHANG_RECORD=1, what is printed is written into the page instead."""
    page = PAGE.read_text(encoding="utf-8")
    block = next(found for found in BLOCKS.finditer(page) if found["code"].strip() == example(FOLDER / f"{stem}.py").strip())
    if os.environ.get("OVERHANG_RECORD"):
        start, end = block.span("output")
        PAGE.write_text(page[:start] + output + page[end:], encoding="utf-8")
        return
    assert re.sub(NUMBER, "", block["output"]).split() == re.sub(NUMBER, "", output).split()
    shown, new = ([float(of.replace(",", "")) for of in re.findall(NUMBER, text)] for text in (block["output"], output))
    assert new == pytest.approx(shown, rel=0.1, abs=0.1)


def numbers(text: str, start: str) -> list[float]:
    """The numbers of the first line that begins with this, after it."""
    line = next(line for line in text.splitlines() if line.startswith(start))
    return [float(of.replace(",", "")) for of in re.findall(NUMBER, line[len(start) :])]


@pytest.mark.parametrize("file", EXAMPLES, ids=name)
def test_an_example_has_at_most_fifteen_lines(file: Path) -> None:
    lines = [line for line in example(file).splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= 132
    assert not any(";" in line for line in lines)


def test_the_book_has_every_example_as_it_is() -> None:
    blocks = [block["code"].strip() for block in BLOCKS.finditer(PAGE.read_text(encoding="utf-8"))]
    assert sorted(blocks) == sorted(example(file).strip() for file in EXAMPLES)
    assert len(blocks) == PAGE.read_text(encoding="utf-8").count("```python")


def test_salib() -> None:
    """Analysis over 256 points gives 0.27, 0.19, 0.33 alone and 0.41, 0.31, 0.44 in all, with intervals of about 0.1."""
    text = printed("salib_indices", "SALib", "pandas")
    expected = {"contract.cloud.take_or_pay": (0.27, 0.41), "factor.use.level": (0.19, 0.31), "factor.return.level": (0.33, 0.44)}
    for key, (first, total) in expected.items():
        alone, in_all, interval = numbers(text, key)
        assert alone == pytest.approx(first, abs=0.15) and in_all == pytest.approx(total, abs=0.2)
        assert alone < in_all + 0.1 and 0 < interval < 0.4


def test_ema_workbench() -> None:
    """Low use and low returns are risky; the volatility of the price does not matter, because little is bought at it."""
    text = printed("ema_discovery", "ema_workbench")
    (use,) = numbers(text, "factor.use.level")
    (returns,) = numbers(text, "factor.return.level")
    assert 0.80 < use < 0.92 and 14e9 < returns < 18e9
    assert "any value" in text.splitlines()[2]
    for part in ("learned", "held out"):
        density, coverage = numbers(text, f"{part}:")
        assert density > 75 and coverage > 40, "half of all points are risky, so chance would give a density of 50%"


def test_openturns_metamodel() -> None:
    text = printed("openturns_metamodel", "openturns")
    q2, error = numbers(text, "held out: Q²")
    assert q2 > 0.98 and error < 1.0
    (model,), (simulated,) = numbers(text, "metamodel:"), numbers(text, "simulated:")
    assert model == pytest.approx(simulated, abs=1.0) and 2 < simulated < 8


def test_openturns_reliability() -> None:
    """Subsets and a plain run agree within four of their standard errors together."""
    text = printed("openturns_reliability", "openturns")
    subsets, error, steps, size = numbers(text, "subsets:")
    plain, low, high, _ = numbers(text, "plain run:")
    assert plain < 3e-4, "the bubble is rare"
    assert abs(subsets - plain) < 4 * ((high - low) / 4 + error)
    assert steps * size < 30_000


def test_scipy() -> None:
    text = printed("scipy_optimum", "scipy")
    share, capacity, _ = numbers(text, "take-or-pay for")
    cost, risk = numbers(text, "same paths:  $")
    fresh_cost, fresh_risk = numbers(text, "fresh paths: $")
    assert 60 < share <= 100 and 0.5 < capacity < 1.0
    assert risk <= 0.51 and 29 < cost < 34
    # a probability of 0.5% has a standard error of 0.05 points with 20,000 paths
    assert abs(fresh_cost - cost) < 0.3 and abs(fresh_risk - risk) < 0.25


def test_pymoo() -> None:
    rows = [[float(of) for of in re.findall(NUMBER, line)] for line in printed("pymoo_frontier", "pymoo").splitlines()[1:]]
    assert len(rows) >= 6
    for (_, _, cost, fresh_cost, risk, fresh_risk), (_, _, next_cost, _, next_risk, _) in zip(rows, rows[1:]):
        assert cost <= next_cost and risk >= next_risk, "it is a frontier"
        assert abs(cost - fresh_cost) < 0.3 and abs(risk - fresh_risk) < 0.5
    assert rows[0][4] > rows[-1][4] + 0.3 and rows[-1][2] > rows[0][2] + 1


def test_optuna() -> None:
    text = printed("optuna_levers", "optuna")
    for rate in ("fixed", "market"):
        share, capacity, cost, risk = numbers(text, f"{rate}:")
        fresh_cost, fresh_risk = numbers(text, f"{rate} on fresh paths:")
        assert 50 <= share <= 100 and 0.5 <= capacity <= 1.2
        assert risk <= 1.5 and 25 < cost < 35
        assert abs(fresh_cost - cost) < 0.4 and abs(fresh_risk - risk) < 0.6


def test_custom_model() -> None:
    """Prices fall to a half or less, so what is earned falls by about a quarter, and the risk rises."""
    text = printed("custom_model")
    value, risk = numbers(text, "as in the file")
    own_value, own_risk = numbers(text, "with competition")
    assert 69 < value < 72 and 1.9 < risk < 2.7
    assert 0.6 < own_value / value < 0.8 and 10 < own_risk < 30
