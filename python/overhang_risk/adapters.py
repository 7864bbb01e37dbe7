"""The adapters of this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import _native


@dataclass(frozen=True)
class Adapter:
    """A GPU that programs can use, or a software adapter that stands for one.

    Attributes:
        name: Its name, which ``adapter`` takes a part of.
        backend: Vulkan, Metal or Dx12.
        kind: Discrete, integrated, virtual or software.
        driver: The driver.
        address: The PCI address; empty where the driver does not tell it.
        hardware: Whether it is hardware.
        binding_bytes: Bytes that one binding may have.
        features: Features that matter to kernels.
        automatic: Whether ``backend="auto"`` takes it.
    """

    name: str
    backend: str
    kind: str
    driver: str
    address: str
    hardware: bool
    binding_bytes: int
    features: Sequence[str]
    automatic: bool


def devices() -> list[Adapter]:
    """The adapters of this machine, in the order of their numbers. Without hardware, ``backend="auto"`` takes the CPU."""
    adapters, automatic = _native.devices()
    return [Adapter(**found, automatic=place == automatic) for place, found in enumerate(adapters)]
