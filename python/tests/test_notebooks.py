"""Every notebook runs, and its named values are plausible."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"


def missing() -> str | None:
    """The first package that is missing to run notebooks."""
    for name in ("jupytext", "nbclient", "ipykernel", "matplotlib", "pandas"):
        try:
            __import__(name)
        except ImportError:
            return name
    return None


def values(notebook: str, folder: Path, expressions: dict[str, str]) -> dict[str, Any]:
    """Runs a notebook in an empty folder, and then these expressions, whose values must be JSON."""
    if (name := missing()) is not None:
        told = f"{notebook} needs {name}: pip install -r python/requirements-test.txt"
        if os.environ.get("OVERHANG_REQUIRE_PYTHON"):
            pytest.fail(told)
        pytest.skip(told)
    import jupytext
    import nbclient
    import nbformat

    read = jupytext.read(FOLDER / notebook)
    body = ", ".join(f"{key!r}: {of}" for key, of in expressions.items())
    read.cells.append(nbformat.v4.new_code_cell(f"import json; print(json.dumps({{{body}}}, default=float))"))
    client = nbclient.NotebookClient(read, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}})
    client.execute()  # raises if a cell does
    printed = "".join(of.text for of in read.cells[-1].outputs if of.output_type == "stream" and of.name == "stdout")
    found: dict[str, Any] = json.loads(printed)
    return found


def test_tutorial(tmp_path: Path) -> None:
    expressions = {name: name for name in ("risk", "low", "high", "difference", "dearer", "statement", "revenue")}
    found = values("tutorial.py", tmp_path, {**expressions, "drivers": "[*drivers.index]", "worth": "learning[first]"})
    # the book gives 34.5%, 5% to 77%, revenue above $17.5bn worth $2.5bn, and +14 points for $9.1bn
    assert 0.32 < found["risk"] < 0.37
    assert 0.02 < found["low"] < 0.10 and 0.70 < found["high"] < 0.85
    assert found["drivers"][:2] == ["factor.return.level", "factor.h100.drift"]
    assert 17.0 < found["revenue"] < 18.0 and 1.5 < found["worth"] < 3.5
    assert 12 < found["difference"] < 17 and 7 < found["dearer"] < 11
    assert f"**{found['risk']:.0%}**" in found["statement"]


def test_calibration(tmp_path: Path) -> None:
    expressions = {
        "parameters": "parameters.to_dict()",
        "uncertain": "deal.uncertain",
        "width": "{name: fan[0.95].iloc[-1] - fan[0.05].iloc[-1] for name, fan in fans.items()}",
        "summary": "summary.to_dict()",
        "share": "share",
    }
    found = values("calibration.py", tmp_path, expressions)
    parameters = found["parameters"]
    for name in ("drift", "volatility"):
        error = abs(parameters["value"][name] - parameters["true"][name]) / parameters["se"][name]
        assert error < 3, "the fit is within three standard errors of the truth"
    assert 0.12 < parameters["se"]["drift"] < 0.25, "the error of a drift is about 0.30 / √3 = 0.17"
    assert set(found["uncertain"]) == {"factor.price.drift", "factor.price.volatility"}
    assert found["width"]["predictive"] > 1.1 * found["width"]["fit taken as exact"]
    tail = "expected shortfall 95%, $bn"
    assert found["summary"]["predictive"][tail] > found["summary"]["fit taken as exact"][tail]
    assert 0.05 < found["share"] < 0.9


def test_portfolio(tmp_path: Path) -> None:
    expressions = {
        "splits": "splits.to_dict('list')",
        "comparison": "comparison.to_dict('list')",
        "choice": "choice.to_dict()",
        "limit": "LIMIT",
        "burst": "burst",
    }
    found = values("portfolio.py", tmp_path, expressions)
    choice, frontier = found["choice"], found["comparison"]
    assert choice["bubble"] < choice["upper"] < found["limit"]
    assert len(found["splits"]["cost"]) == 64 and 3 <= len(frontier["cost"]) < 40
    assert frontier["found_cost"] == sorted(frontier["found_cost"])
    assert frontier["found_bubble"] == sorted(frontier["found_bubble"], reverse=True)
    # 20,000 paths know a probability of 5% within 0.15 points, and the mean cost within $0.05bn
    pairs = zip(frontier["cost"], frontier["found_cost"], frontier["bubble"], frontier["found_bubble"])
    assert all(abs(cost - other) < 0.3 and abs(bubble - also) < 0.8 for cost, other, bubble, also in pairs)
    assert choice["firm"] > 0.05 and choice["flexible"] > 0.05, "a mix is better than one contract"
    assert 0 < found["burst"] < choice["cost"]
