"""Types of options that several functions have."""

from __future__ import annotations

import os
from typing import Literal, Union

PathLike = Union[str, "os.PathLike[str]"]
Points = Literal["independent", "sobol"]
Construction = Literal["time", "bridge"]
Backend = Literal["auto", "gpu", "cpu"]
Float = Literal["f32", "f64"]
Sampling = Literal["device", "host"]
Kind = Literal["distribution", "exceedance", "bubble", "events", "fan", "bursting", "waterfall", "losses"]
Part = Literal["tornado", "derivatives", "indices", "chance", "classic", "targets"]
