"""Sweeps over the workers of a Dask or Ray cluster.

:func:`sweep` takes the arguments of :func:`overhang_risk.sweep`, and ``on``, which names the cluster::

    from dask.distributed import Client
    from overhang_risk import distributed

    client = Client("tcp://scheduler:8786")
    found = distributed.sweep("deal.toml", "/shared/store", axes, on=client, paths=1e6)

    found = distributed.sweep("deal.toml", "/shared/store", axes, on="ray", paths=1e6)

The points are cut into shards. Each task computes one shard in a store of its own, ``<store>.shards/<index>``, and the calling
process merges these stores into ``store``. The results are those of :func:`overhang_risk.sweep` on one machine, bit for bit.
"""

from __future__ import annotations

import inspect
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from . import usecases
from .errors import RunFailed, UsageError
from .options import PathLike
from .progress import Progress, bar
from .results import Sweep
from .scenario import Scenario, ScenarioLike, to_scenario

#: Seconds between two looks at whether a task is still wanted, or its store still locked.
_TURN = 1.0
#: Seconds that tasks of Ray have to stop in after Ctrl-C, and that a new folder may take to appear on a worker.
_GRACE = 5.0


def sweep(
    scenario: ScenarioLike,
    store: PathLike,
    axes: Mapping[str, str | Iterable[Any]] | None = None,
    *,
    on: Any,
    shards: int = 32,
    retries: int = 10,
    resources: Mapping[str, float] | None = None,
    progress: Progress = None,
    **options: Any,
) -> Sweep:
    """Computes a sweep on the workers of a Dask or Ray cluster.

    All workers and the calling process must see ``store`` under the same path, on a file system that they share, and must have
    the same version of this package. Files that ``sweep`` and ``list`` name must be visible to the workers too.

    You can call the function again after any interruption, with the same arguments: finished shards return at once, and the
    others resume from what is on disk. If ``store`` is already complete, the call returns it without computing anything.

    Args:
        scenario: A scenario, the name of its file, or a dictionary.
        store: Folder of the store. The shards are in ``<store>.shards`` until the merge is complete.
        axes: Values by key of the scenario, as for :func:`overhang_risk.sweep`.
        on: A ``dask.distributed.Client``, or ``"ray"`` for the cluster that Ray is connected to. Without ``ray.init()``, Ray
            starts a local cluster.
        shards: Number of tasks. Take a few times as many as there are workers.
        retries: How often a shard is started again after its worker died or could not read or write a file.
        resources: Resources that each task takes, such as ``{"HIGHMEM": 1}``, beside its cores (Ray) or its thread of a worker
            (Dask). With ``backend="gpu"`` and Dask the default is ``{"GPU": 1}``.
        progress: See :func:`overhang_risk.run`. It counts shards.
        options: The other arguments of :func:`overhang_risk.sweep`, except ``shard``. ``threads`` is 1 by default, and
            ``backend`` is ``"cpu"``, because all shards must use the same engine. With ``backend="gpu"`` each task takes one GPU.
            ``max_seconds`` limits each shard.

    Returns:
        The merged store. Some points are missing if ``max_seconds`` ended a shard early; call the function again to compute the
        rest.

    Raises:
        UsageError: If arguments contradict each other, ``store`` belongs to another sweep, or a worker does not see its folder.
        RunFailed: If a shard fails.
        KeyboardInterrupt: On Ctrl-C. Tasks stop within seconds and keep what they have on disk.
    """
    work = _Work.of(to_scenario(scenario), Path(os.path.abspath(store)), axes, shards, options)
    cluster = _cluster(on, work, retries, resources)
    if work.is_there() and (cluster.call(_is_complete, work) if work.uses_gpu else _is_complete(work)):
        work.clean()
        return usecases.open_store(work.store)
    work.prepare()
    follower = bar(progress)
    if follower is not None:
        follower.begin("shards", shards)
    try:
        for _ in cluster.each(_compute, work):
            if follower is not None:
                follower.advance(1)
    finally:
        if follower is not None:
            follower.end()
    merged = usecases.merge(work.store, [work.shard(index) for index in range(shards)])
    if merged.done == merged.points:
        work.clean()
    elif "max_seconds" not in options:
        raise RunFailed(
            f"{merged.points - merged.done} of {merged.points} points are missing in `{work.store}`",
            f"the shards are still in `{work.folder}`; make sure that all workers see this folder, and call the function again",
        )
    return merged


@dataclass(frozen=True)
class _Work:
    """A sweep in shards, as tasks are given it."""

    scenario: Scenario
    store: Path
    axes: dict[str, Any]
    shards: int
    options: dict[str, Any]

    @classmethod
    def of(cls, scenario: Scenario, store: Path, axes: Mapping[str, Any] | None, shards: int, options: dict[str, Any]) -> _Work:
        if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= 100_000:
            raise UsageError(f"shards = {shards!r}: must be a whole number from 1 to 100000")
        if "shard" in options:
            raise UsageError("shard is chosen for each task", "set the number of tasks with shards")
        # unknown arguments are a TypeError here, and not in each task
        inspect.signature(usecases.sweep).bind(scenario, store, **options)
        options = {name: value for name, value in options.items() if value is not None}
        backend = options.setdefault("backend", "gpu" if "adapter" in options else "cpu")
        if backend == "auto":
            raise UsageError(
                'backend = "auto": workers could choose different engines, and their shards could not be merged',
                'choose "cpu" or "gpu"',
            )
        options.setdefault("threads", 1)
        for name in ("sweep", "list"):
            if isinstance(options.get(name), (str, os.PathLike)):
                options[name] = os.path.abspath(options[name])
        listed = {key: values if isinstance(values, str) else [*values] for key, values in (axes or {}).items()}
        return cls(scenario, store, listed, shards, options)

    @property
    def folder(self) -> Path:
        """Where the shards are."""
        return self.store.with_name(self.store.name + ".shards")

    @property
    def uses_gpu(self) -> bool:
        return bool(self.options["backend"] == "gpu")

    def shard(self, index: int) -> Path:
        return self.folder / str(index)

    def is_there(self) -> bool:
        """Whether the final store exists, complete or not."""
        return (self.store / "manifest.json").exists()

    def prepare(self) -> None:
        """Makes the folder of the shards. One that exists must have as many shards."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for manifest in self.folder.glob("*/manifest.json"):
            count = json.loads(manifest.read_bytes()).get("shard", {}).get("count", self.shards)
            if count != self.shards:
                raise UsageError(
                    f"`{self.folder}` has shards of an earlier call with shards={count}, and now shards={self.shards}",
                    f"pass shards={count} to resume them, or remove the folder",
                )

    def compute(self, store: Path, progress: Any, **more: Any) -> Sweep:
        return usecases.sweep(self.scenario, store, self.axes, **{**self.options, **more}, progress=progress)

    def clean(self) -> None:
        """Removes the shards, and their folder unless something else is in it."""
        if self.folder.is_dir():
            for found in self.folder.iterdir():
                if found.name.isdigit():
                    shutil.rmtree(found)
            if not any(self.folder.iterdir()):
                self.folder.rmdir()


class _Stop(Exception):
    """Raised by what follows a call, to end it."""


class _Quiet:
    """Follows a call without a bar."""

    def begin(self, what: str, total: int | None) -> None:
        pass

    def advance(self, steps: int) -> None:
        pass

    def end(self) -> None:
        pass


class _EndsWork(_Quiet):
    """Ends a sweep that has something left to compute."""

    def __init__(self) -> None:
        self._left = 0

    def begin(self, what: str, total: int | None) -> None:
        # first all points are checked, and then paths are computed, whose number is not known if there are targets
        if what == "points":
            self._left = total or 0
        elif total:
            raise _Stop

    def advance(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise _Stop


class _EndsUnwanted(_Quiet):
    """Ends a task that was cancelled, or whose caller is gone. Dask itself does not stop tasks that run."""

    def __init__(self) -> None:
        self._worker = import_module("distributed").get_worker()
        self._key = self._worker.get_current_task()
        self._next = 0.0

    def advance(self, steps: int) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _TURN
        task = self._worker.state.tasks.get(self._key)
        if task is None or task.state not in ("executing", "long-running"):
            raise _Stop(f"{self._key} was cancelled; what is done is on disk")


def _is_complete(work: _Work, index: int = 0, follower: Any = None) -> bool:
    """Whether the final store has all points; an error if it belongs to another sweep."""
    try:
        found = work.compute(work.store, _EndsWork(), **_own_gpu(work))
    except _Stop:
        return False
    return found.done == found.points


def _compute(work: _Work, index: int, follower: Any = None) -> int:
    """What a task does: computes a shard, or what is missing of it."""
    # network file systems may show a new folder late
    patience = time.monotonic() + _GRACE
    while not work.folder.is_dir():
        if time.monotonic() > patience:
            raise UsageError(
                f"the worker on {platform.node()} does not see `{work.folder}`",
                "choose a store on a file system that all workers share, under the same path",
            )
        time.sleep(_TURN)
    follower = follower or _Quiet()
    while True:
        try:
            work.compute(work.shard(index), follower, shard=(index, work.shards), **_own_gpu(work))
            return index
        except RunFailed as error:
            # a worker that the scheduler gave up may live on, and keeps the lock until its task ends
            if "another process is writing" not in error.message:
                raise
        time.sleep(_TURN)
        follower.advance(0)


def _own_gpu(work: _Work) -> dict[str, Any]:
    """The GPU that the scheduler gave this task, as an adapter. Vulkan ignores ``CUDA_VISIBLE_DEVICES``, so the GPU is found by
    its PCI address, whose domain nvidia-smi writes with eight digits instead of four."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    if not work.uses_gpu or "adapter" in work.options or "OVERHANG_ADAPTER" in os.environ or not visible:
        return {}
    # dask-cuda lists all GPUs, the worker's own first
    command = ["nvidia-smi", f"--id={visible.split(',')[0]}", "--query-gpu=pci.bus_id", "--format=csv,noheader"]
    try:
        address = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip().lower()
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"adapter": address[4:] if len(address) == len("00000000:00:00.0") else address}


def _cluster(on: Any, work: _Work, retries: int, resources: Mapping[str, float] | None) -> _Dask | _Ray:
    if on == "ray" or getattr(on, "__name__", "") == "ray":
        return _Ray(work, retries, resources)
    dask = sys.modules.get("distributed")
    if dask is None or not isinstance(on, dask.Client):
        raise UsageError(f'on = {on!r}: must be a dask.distributed.Client, or "ray"')
    return _Dask(on, work, retries, resources)


class _Dask:
    """Tasks on the workers of Dask."""

    def __init__(self, client: Any, work: _Work, retries: int, resources: Mapping[str, float] | None) -> None:
        if client.asynchronous:
            raise UsageError("the client of Dask is asynchronous", "pass a client that was made without asynchronous=True")
        if resources is None and work.uses_gpu:
            resources = {"GPU": 1}
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            if workers and not any("GPU" in worker["resources"] for worker in workers):
                raise UsageError(
                    "no worker of Dask has the resource GPU",
                    "start each worker with the resource GPU=1; or pass resources={} if each worker has one thread and one GPU, "
                    "as in dask_cuda.LocalCUDACluster",
                )
        self._client = client
        self._retries = retries
        self._resources = dict(resources or {})

    def call(self, function: Any, work: _Work) -> Any:
        return self._submit(function, work, 0).result()

    def each(self, function: Any, work: _Work) -> Iterator[int]:
        dask = import_module("distributed")
        left = dict.fromkeys(range(work.shards), self._retries)
        futures = {self._submit(function, work, index): index for index in left}
        waiting = dask.as_completed(list(futures))
        try:
            for future in waiting:
                index = futures.pop(future)
                try:
                    yield future.result()
                # Dask gives up a task whose workers died a few times, which preemption may well do. Bad arguments stay bad.
                except (dask.KilledWorker, RunFailed, OSError):
                    if not left[index]:
                        raise
                    left[index] -= 1
                    again = self._submit(function, work, index)
                    futures[again] = index
                    waiting.add(again)
        finally:
            if futures:
                self._client.cancel(list(futures))

    def _submit(self, function: Any, work: _Work, index: int) -> Any:
        return self._client.submit(
            _in_dask, function, work, index, key=f"overhang_shard-{uuid.uuid4().hex}", pure=False,
            resources=self._resources or None,
        )  # fmt: skip


def _in_dask(function: Any, work: _Work, index: int) -> Any:
    return function(work, index, _EndsUnwanted())


class _Ray:
    """Tasks on the workers of Ray."""

    def __init__(self, work: _Work, retries: int, resources: Mapping[str, float] | None) -> None:
        self._ray = import_module("ray")
        self._options = {
            "name": "overhang_shard",
            "num_cpus": work.options["threads"],
            "num_gpus": 1 if work.uses_gpu else 0,
            "resources": dict(resources or {}),
            "max_retries": retries,
            # files that cannot be read or written now may be later; bad arguments stay bad
            "retry_exceptions": [RunFailed, OSError],
        }

    def call(self, function: Any, work: _Work) -> Any:
        return self._get(self._remote(function).remote(work, 0))

    def each(self, function: Any, work: _Work) -> Iterator[int]:
        remote = self._remote(function)
        given = self._ray.put(work) if self._ray.is_initialized() else work
        pending = [remote.remote(given, index) for index in range(work.shards)]
        try:
            while pending:
                done, pending = self._ray.wait(pending)
                yield from map(self._get, done)
        finally:
            for task in pending:
                self._ray.cancel(task)
            if pending:
                self._ray.wait(pending, num_returns=len(pending), timeout=_GRACE)

    def _remote(self, function: Any) -> Any:
        return self._ray.remote(function).options(**self._options)

    def _get(self, task: Any) -> Any:
        try:
            return self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None
