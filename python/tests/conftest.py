"""What several tests use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import overhang_risk as oh
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("OVERHANG", ROOT / "target" / "release" / "overhang"))


@pytest.fixture
def deal() -> oh.Scenario:
    return oh.template()


@pytest.fixture
def deal_file(tmp_path: Path, deal: oh.Scenario) -> Path:
    file = tmp_path / "deal.toml"
    deal.save(file)
    return file


@pytest.fixture
def uncertain_file(deal_file: Path) -> Path:
    deal_file.write_text(deal_file.read_text() + UNCERTAIN)
    return deal_file


@pytest.fixture
def program() -> Path:
    """The command line, which the tests of the package need to compare with."""
    assert PROGRAM.exists(), f"{PROGRAM} is missing: run `cargo build --release` first, or set OVERHANG to the program"
    return PROGRAM


def told(program: Path, *arguments: object, cwd: Path | None = None) -> str:
    """What a command prints."""
    found = subprocess.run([program, *map(str, arguments), "--quiet"], capture_output=True, text=True, check=True, cwd=cwd)
    return found.stdout


UNCERTAIN = """
[[uncertain]]
key = "factor.price.volatility"
distribution = "lognormal"
low = 0.2
high = 0.4

[[uncertain]]
key = "contract.cloud.take_or_pay"
distribution = "uniform"
min = 0.6
max = 1.0
"""
