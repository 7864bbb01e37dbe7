"""The workflows of deploy/, with the tools that run them where these are installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import overhang_risk as oh
import pytest
from conftest import ROOT

KEYS = ("bubble.system.probability", "figures.lab.commitment_cost.mean", "figures.lab.commitment_cost.shortfall.0.95.value")
SHARDS = 3


@pytest.fixture
def snakemake() -> list[str]:
    """The command. Without it the test is skipped, or fails if OVERHANG_REQUIRE_PYTHON is set."""
    if importlib.util.find_spec("snakemake") is None:
        message = "snakemake is not installed: pip install -r python/requirements-cluster.txt"
        if os.environ.get("OVERHANG_REQUIRE_PYTHON"):
            pytest.fail(message)
        pytest.skip(message)
    return [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet"]


@pytest.fixture
def copied(program: Path, tmp_path: Path) -> Path:
    """A copy of the program, which may be built again meanwhile."""
    return Path(shutil.copy(program, tmp_path / "overhang"))


def alone(deal_file: Path, axis: str, paths: int) -> oh.Sweep:
    key, values = axis.split("=")
    return oh.sweep(deal_file, deal_file.parent / "alone", {key: values}, paths=paths, backend="cpu")


def assert_same(store: Path, expected: oh.Sweep) -> None:
    found = oh.open_store(store)
    assert found.done == found.points == expected.points
    assert np.array_equal(found.to_numpy(*KEYS), expected.to_numpy(*KEYS))
    assert found.manifest == expected.manifest


def set_up(folder: Path, program: Path, axis: str, paths: int, merge: list[str]) -> None:
    """The folder of a user: the Snakefile, and settings in which names have blanks."""
    shutil.copy(ROOT / "deploy" / "snakemake" / "Snakefile", folder)
    settings = (ROOT / "deploy" / "snakemake" / "config.yaml").read_text()
    sweep = ["--axis", axis, "--paths", str(paths), "--backend", "cpu", "--batch", "1", "--commit-every", "0"]
    for name, value in {
        "overhang": str(program), "scenario": "deal.toml", "store": "my store", "shards": SHARDS, "sweep": sweep, "merge": merge
    }.items():  # fmt: skip
        before = next(line for line in settings.splitlines() if line.startswith(f"{name}:"))
        settings = settings.replace(before, f"{name}: {value!r}")
    (folder / "config.yaml").write_text(settings)


def logs(folder: Path) -> str:
    return "\n".join(log.read_text() for log in sorted(folder.glob("my store.shards/logs/*.log")))


def test_snakemake_gives_the_bits_of_one_machine(snakemake: list[str], copied: Path, deal_file: Path, tmp_path: Path) -> None:
    axis = "contract.cloud.take_or_pay=0.5:1.0:5"
    set_up(tmp_path, copied, axis, 2_000, ["--fail-if", "bubble.system.low > 0"])
    gated = subprocess.run(snakemake, cwd=tmp_path, capture_output=True, text=True)
    assert gated.returncode == 1 and "bubble.system.low > 0" in logs(tmp_path), gated.stderr + logs(tmp_path)
    expected = alone(deal_file, axis, 2_000)
    assert_same(tmp_path / "my store", expected)
    # without the condition only the merge runs again
    set_up(tmp_path, copied, axis, 2_000, [])
    marks = {mark: mark.stat().st_mtime_ns for mark in tmp_path.glob("my store.shards/*.done")}
    passed = subprocess.run(snakemake, cwd=tmp_path, capture_output=True, text=True)
    assert passed.returncode == 0, passed.stderr + logs(tmp_path)
    assert (tmp_path / "my store.done").exists()
    assert len(marks) == SHARDS and marks == {mark: mark.stat().st_mtime_ns for mark in marks}
    assert_same(tmp_path / "my store", expected)


@pytest.mark.skipif(os.name == "nt", reason="groups of processes are killed otherwise on Windows")
def test_snakemake_goes_on_after_a_kill(snakemake: list[str], copied: Path, deal_file: Path, tmp_path: Path) -> None:
    axis = "contract.cloud.take_or_pay=0.5:1.0:18"
    set_up(tmp_path, copied, axis, 150_000, [])
    process = subprocess.Popen(
        snakemake, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    parts: dict[Path, int] = {}
    end = time.monotonic() + 60
    while not parts and time.monotonic() < end:
        time.sleep(0.02)
        parts = {part: part.stat().st_mtime_ns for part in tmp_path.glob("my store.shards/*/results/*.parquet")}
    assert parts and process.poll() is None, logs(tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "my store").exists(), "nothing is merged yet"
    subprocess.run([*snakemake, "--unlock"], cwd=tmp_path, check=True, capture_output=True)
    passed = subprocess.run([*snakemake, "--rerun-incomplete"], cwd=tmp_path, capture_output=True, text=True)
    assert passed.returncode == 0, passed.stderr + logs(tmp_path)
    assert parts == {part: part.stat().st_mtime_ns for part in parts}, "what was done before the kill is not computed again"
    assert_same(tmp_path / "my store", alone(deal_file, axis, 150_000))


def test_nextflow_gives_the_bits_of_one_machine(copied: Path, deal_file: Path, tmp_path: Path) -> None:
    nextflow = shutil.which("nextflow")
    if nextflow is None:
        pytest.skip("nextflow is not installed; its package on PyPI only downloads it, and it needs Java")
    axis = "contract.cloud.take_or_pay=0.5:1.0:5"
    command = [
        nextflow, "run", ROOT / "deploy" / "nextflow" / "main.nf", "--overhang", copied, "--scenario", "deal.toml", "--shards",
        SHARDS, "--sweep", f"--axis {axis} --paths 2000 --backend cpu",
    ]  # fmt: skip
    environment = {**os.environ, "NXF_OFFLINE": "true"}
    ran = subprocess.run([*map(str, command)], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert_same(tmp_path / "store", alone(deal_file, axis, 2_000))
