"""Threads, signals, forks and memory."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import overhang_risk as oh
import pytest

PROGRAM = """
import sys
import overhang_risk as oh
deal = oh.template()
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def interrupted(call: str) -> None:
    """Begins a call in a process of its own, and presses Ctrl-C when it is under way."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(PROGRAM).format(call=call)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert printed == "stopped\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize(
    "call",
    [
        "oh.run(deal, paths=1e11, backend='cpu')",
        "oh.compare(deal, paths=1e11, backend='cpu')",
        "oh.run(deal, target='bubble.system.probability ± 1e-9', backend='cpu')",
    ],
)
def test_ctrl_c_stops_a_call(call: str) -> None:
    interrupted(call)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_keeps_the_points_of_a_sweep(tmp_path: Path) -> None:
    axes = "{'contract.cloud.take_or_pay': '0.5:1.0:400'}"
    call = f"oh.sweep(deal, {str(tmp_path / 'store')!r}, {axes}, paths=400_000, commit_every=0.1, backend='cpu')"
    interrupted(call)
    store = oh.open_store(tmp_path / "store")
    assert 0 < store.done < store.points
    before = store.to_numpy()
    rest = oh.sweep(
        oh.template(), tmp_path / "store", {"contract.cloud.take_or_pay": "0.5:1.0:400"}, paths=400_000, max_seconds=None,
        backend="cpu",
    ) if store.done > 395 else store  # fmt: skip
    assert rest.to_numpy()[: len(before)].shape == before.shape


def test_threads_of_python_go_on_and_get_the_same(deal: oh.Scenario) -> None:
    expected = [oh.run(deal, paths=20_000, seed=seed, backend="cpu").document["figures"] for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda seed: oh.run(deal, paths=20_000, seed=seed, backend="cpu").document["figures"], range(4))
    assert list(found) == expected


def test_a_store_that_is_written_to_is_locked(deal: oh.Scenario, tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    axes = {"discount.rate": [0.05, 0.1]}
    found = oh.sweep(deal, tmp_path / "store", axes, paths=256)
    with open(tmp_path / "store" / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(oh.StoreLocked, match="another process is writing") as error:
            oh.sweep(deal, tmp_path / "store", axes, paths=256)
        assert isinstance(error.value, oh.RunFailed) and "shard" in error.value.hint
        with pytest.raises(oh.StoreLocked):
            oh.merge(tmp_path / "store", [tmp_path / "store"])
    assert oh.open_store(tmp_path / "store").done == found.done == 2


def child(answers: multiprocessing.Queue[str]) -> None:
    try:
        oh.run(oh.template(), paths=1_000)
        answers.put("computed")
    except RuntimeError as error:
        answers.put(str(error))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_forks_are_refused(deal: oh.Scenario) -> None:
    oh.run(deal, paths=1_000)
    for method, expected in [("fork", "this process was forked"), ("spawn", "computed")]:
        context = multiprocessing.get_context(method)
        answers = context.Queue()
        process = context.Process(target=child, args=(answers,))
        process.start()
        assert answers.get(timeout=60).startswith(expected)
        process.join()


def resident() -> int:
    """Bytes of memory of this process."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_does_not_grow_with_runs(deal: oh.Scenario) -> None:
    """10,000 runs, of which the first 1,000 settle the allocator. A leak of 2 kB a run would be 18 MB."""

    def runs(count: int) -> None:
        for _ in range(count):
            oh.run(deal, paths=256, backend="cpu", threads=1, progress=False)
        gc.collect()

    runs(1_000)
    before = resident()
    runs(9_000)
    assert resident() - before < 16 << 20


class Follower:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.steps = 0

    def begin(self, what: str, total: int | None) -> None:
        self.said.append(f"{what} {total}")

    def advance(self, steps: int) -> None:
        self.steps += steps

    def end(self) -> None:
        self.said.append("end")


def test_progress_is_told(deal: oh.Scenario) -> None:
    follower = Follower()
    oh.run(deal, paths=20_000, backend="cpu", progress=follower)
    assert follower.said == ["paths 20000", "end"]
    assert follower.steps == 20_000


def test_an_error_in_the_progress_ends_the_call(deal: oh.Scenario) -> None:
    class Broken(Follower):
        def begin(self, what: str, total: int | None) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        oh.run(deal, paths=20_000, backend="cpu", progress=Broken())
