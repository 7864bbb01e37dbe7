"""Sweeps over local clusters of Dask and Ray: the bits of one machine, also if workers and the caller are killed."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import overhang_risk as oh
import pytest
from conftest import ROOT
from overhang_risk import distributed

AXES = {"contract.cloud.take_or_pay": "0.5:1.0:24", "discount.rate": [0.08, 0.12]}
KEYS = (
    "bubble.system.probability",
    "bubble.lab.high",
    "figures.lab.commitment_cost.mean",
    "figures.lab.commitment_cost.shortfall.0.95.value",
    "figures.lab.net_value.se",
)
#: Work for some seconds, in small parts
LONG: dict[str, Any] = {"paths": 60_000, "batch": 1, "commit_every": 0}
SHARDS = 4
PATIENCE = 60.0


def found_or_skip(module: str) -> Any:
    """A package that the test needs. Without it the test is skipped, or fails if OVERHANG_REQUIRE_PYTHON is set."""
    if os.environ.get("OVERHANG_REQUIRE_PYTHON"):
        return importlib.import_module(module)
    return pytest.importorskip(module, reason=f"{module} is not installed: pip install -r python/requirements-cluster.txt")


@pytest.fixture(scope="module")
def dask_client() -> Iterator[Any]:
    dask = found_or_skip("distributed")
    with (
        dask.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        dask.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[str]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray = found_or_skip("ray")
    context = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    yield context.address_info["address"]
    ray.shutdown()


@pytest.fixture(params=["dask", "ray"])
def on(request: pytest.FixtureRequest) -> Any:
    if request.param == "dask":
        return request.getfixturevalue("dask_client")
    request.getfixturevalue("ray_cluster")
    return "ray"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> oh.Sweep:
    """The long sweep on one machine."""
    return oh.sweep(oh.template(), tmp_path_factory.mktemp("alone") / "store", AXES, backend="cpu", **LONG)


def assert_same(found: oh.Sweep, expected: oh.Sweep) -> None:
    assert found.done == found.points == expected.points
    assert np.array_equal(found.to_numpy(*KEYS), expected.to_numpy(*KEYS))
    assert found.manifest == expected.manifest


def wait_for(what: str, look: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def writers(folder: Path) -> dict[int, Path]:
    """Processes that hold the lock of a shard, and the shard."""
    found = {}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = Path(os.readlink(link))
        except OSError:
            continue
        if target.name == "lock" and target.parent.parent == folder:
            found[int(link.parts[2])] = target.parent
    return found


def parts(shard: Path) -> dict[str, int]:
    """The parts of a shard's results, with the time of each."""
    return {part.name: part.stat().st_mtime_ns for part in (shard / "results").glob("*.parquet")}


def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets shards lie where they are, to look at them after the merge."""
    monkeypatch.setattr(distributed._Work, "clean", lambda work: None)


def test_a_cluster_gives_the_bits_of_one_machine(on: Any, deal: oh.Scenario, tmp_path: Path) -> None:
    one = oh.sweep(deal, tmp_path / "one", AXES, paths=3_000, seed=5, backend="cpu")
    store = tmp_path / "deep" / "store"
    found = distributed.sweep(deal, store, AXES, on=on, shards=5, paths=3_000, seed=5)
    assert_same(found, one)
    assert found.store == str(store)
    assert not (tmp_path / "deep" / "store.shards").exists()
    # again: nothing to compute, and what a merge may have left is removed
    (tmp_path / "deep" / "store.shards" / "3").mkdir(parents=True)
    started = time.monotonic()
    assert_same(distributed.sweep(deal, store, AXES, on=on, shards=5, paths=3_000, seed=5), one)
    assert time.monotonic() - started < 1
    assert [found.name for found in (tmp_path / "deep").iterdir()] == ["store"]
    with pytest.raises(oh.UsageError, match="`seed` is 5 in the store, but 6 now"):
        distributed.sweep(deal, store, AXES, on=on, paths=3_000, seed=6)


def test_points_are_added_and_parts_of_points_are_shared(on: Any, deal: oh.Scenario, tmp_path: Path) -> None:
    few, many = ({"contract.cloud.take_or_pay": values} for values in ((0.5, 0.6), (0.5, 0.6, 0.7)))
    distributed.sweep(deal, tmp_path / "store", few, on=on, shards=3, path_shards=4, paths=2_000)
    found = distributed.sweep(deal, tmp_path / "store", many, on=on, shards=3, path_shards=4, paths=2_000)
    expected = oh.sweep(deal, tmp_path / "one", many, paths=2_000, backend="cpu")
    assert found.points == found.done == 3
    assert np.array_equal(found.to_numpy(*KEYS), expected.to_numpy(*KEYS))


def test_errors_of_tasks_reach_the_caller(on: Any, deal: oh.Scenario, tmp_path: Path) -> None:
    with pytest.raises(oh.ScenarioError, match="`take_or_pay` is 1.5, above its range"):
        distributed.sweep(deal, tmp_path / "store", {"contract.cloud.take_or_pay": [0.5, 1.5]}, on=on, paths=1_000)


def test_the_script_of_the_book(
    dask_client: Any, deal_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
    script = page.split("```python,file=on_dask.py\n")[1].split("```")[0]
    for place, here in [("tcp://scheduler:8786", dask_client.scheduler.address), ("/shared/", ""), ("paths=1e5", "paths=1e3")]:
        assert place in script
        script = script.replace(place, here)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(script, "on_dask.py", "exec"), names)
    names["client"].close()
    assert len(capsys.readouterr().out.splitlines()) == 12


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="who writes a shard is read from /proc")
def test_a_killed_worker_is_survived(
    on: Any, deal: oh.Scenario, alone: oh.Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(monkeypatch)
    folder = tmp_path / "store.shards"
    killed: list[tuple[int, Path, dict[str, int]]] = []

    def kill() -> bool:
        for process, shard in writers(folder).items():
            before = parts(shard)
            if process != os.getpid() and 0 < len(before) < 8:
                os.kill(process, signal.SIGKILL)
                killed.append((process, shard, before))
                return True
        return False

    killer = threading.Thread(target=wait_for, args=("a shard with something done", kill))
    killer.start()
    found = distributed.sweep(deal, tmp_path / "store", AXES, on=on, shards=SHARDS, **LONG)
    killer.join()
    ((process, shard, before),) = killed
    wait_for("the end of the worker", lambda: not Path(f"/proc/{process}").exists())
    after = parts(shard)
    assert before.items() <= after.items(), "what was done before the kill is not computed again"
    assert len(after) > len(before), "something was left to do"
    assert_same(found, alone)


DRIVER = """
    import sys
    import overhang_risk as oh
    from overhang_risk import distributed

    def main():
        if sys.argv[1] == "dask":
            from distributed import Client
            on = Client(sys.argv[2])
        else:
            import ray
            ray.init(sys.argv[2], log_to_driver=False)
            on = "ray"
        distributed.sweep(oh.template(), sys.argv[3], {axes}, on=on, shards={shards}, **{options})

    main()
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="who writes a shard is read from /proc")
def test_a_killed_caller_is_survived(
    on: Any, request: pytest.FixtureRequest, deal: oh.Scenario, alone: oh.Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(monkeypatch)
    store, folder = tmp_path / "store", tmp_path / "store.shards"
    tool, address = ("ray", request.getfixturevalue("ray_cluster")) if on == "ray" else ("dask", on.scheduler.address)
    script = textwrap.dedent(DRIVER).format(axes=AXES, shards=SHARDS, options=LONG)
    driver = subprocess.Popen(
        [sys.executable, "-c", script, tool, address, str(store)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    done = wait_for("something done", lambda: {shard: found for shard in folder.glob("*") if (found := parts(shard))})
    assert driver.poll() is None, "the caller is at work"
    driver.kill()
    driver.wait()
    assert not store.exists(), "nothing is merged yet"
    found = distributed.sweep(deal, store, AXES, on=on, shards=SHARDS, **LONG)
    for shard, before in done.items():
        assert before.items() <= parts(shard).items(), "what was done is not computed again"
    assert_same(found, alone)


WRONG = [
    ({"shards": 0}, "shards = 0: must be a whole number from 1"),
    ({"shard": (0, 2)}, "shard is chosen for each task"),
    ({"backend": "auto"}, "workers could choose different engines"),
    ({"on": "dusk"}, "on = 'dusk': must be a dask.distributed.Client, or \"ray\""),
]


@pytest.mark.parametrize(("options", "expected"), WRONG, ids=lambda of: next(iter(of)) if isinstance(of, dict) else "")
def test_wrong_arguments(deal: oh.Scenario, tmp_path: Path, options: dict[str, Any], expected: str) -> None:
    with pytest.raises(oh.UsageError) as raised:
        distributed.sweep(deal, tmp_path / "store", AXES, **{"on": None, **options})
    assert expected in str(raised.value)
    with pytest.raises(TypeError, match="pahts"):
        distributed.sweep(deal, tmp_path / "store", AXES, on=None, pahts=1_000)


def test_shards_of_an_earlier_call_must_be_as_many(deal: oh.Scenario, tmp_path: Path) -> None:
    oh.sweep(deal, tmp_path / "store.shards" / "1", AXES, paths=500, shard=(1, 3), backend="cpu")
    work = distributed._Work.of(deal, tmp_path / "store", AXES, 4, {"paths": 500})
    with pytest.raises(oh.UsageError, match=r"earlier call with shards=3(.|\n)*pass shards=3"):
        work.prepare()


def test_workers_must_see_the_store(deal: oh.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "_GRACE", 0)
    with pytest.raises(oh.UsageError, match="does not see"):
        distributed._compute(distributed._Work.of(deal, tmp_path / "store", AXES, 4, {"paths": 500}), 0)


def test_tasks_wait_for_the_lock_of_a_task_before(deal: oh.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl", reason="locks of another kind")
    work = distributed._Work.of(deal, tmp_path / "store", AXES, 4, {"paths": 500})
    work.shard(0).mkdir(parents=True)
    lock = (work.shard(0) / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        lock.close()

    monkeypatch.setattr(distributed.time, "sleep", sleep)
    assert distributed._compute(work, 0) == 0
    assert len(waits) == 1 and oh.open_store(work.shard(0)).done == 12


@pytest.mark.skipif(os.name == "nt", reason="the program that stands in for nvidia-smi is a shell script")
def test_each_task_asks_for_its_own_gpu(deal: oh.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\necho "00000000:${1#--id=}A:00.0"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("OVERHANG_ADAPTER", raising=False)
    work = distributed._Work.of(deal, tmp_path / "store", AXES, 4, {"backend": "gpu"})
    for visible, expected in [("3", "0000:3a:00.0"), ("1,2,0", "0000:1a:00.0")]:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        assert distributed._own_gpu(work) == {"adapter": expected}
    on_cpu = distributed._Work.of(deal, tmp_path / "store", AXES, 4, {})
    chosen = distributed._Work.of(deal, tmp_path / "store", AXES, 4, {"adapter": "0"})
    assert chosen.uses_gpu and distributed._own_gpu(on_cpu) == distributed._own_gpu(chosen) == {}
    program.write_text("#!/bin/sh\nexit 9\n")
    assert distributed._own_gpu(work) == {}
