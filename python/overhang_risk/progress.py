"""Progress bars."""

from __future__ import annotations

import sys
from typing import Any, Protocol, Union


class Follower(Protocol):
    """Something that is told of the progress of a call."""

    def begin(self, what: str, total: int | None) -> None:
        """A stage begins, with so many steps if that is known."""

    def advance(self, steps: int) -> None:
        """So many steps are done since the last call."""

    def end(self) -> None:
        """The stage has ended."""


#: ``None`` for a bar in terminals and notebooks if tqdm is there, ``True`` for a bar wherever, ``False`` for none, or a follower.
Progress = Union[Follower, bool, None]


class _Bars:
    """Bars of tqdm, which appear after a second."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None

    def begin(self, what: str, total: int | None) -> None:
        self.end()
        self._bar = self._tqdm(total=total, desc=what, unit="", unit_scale=True, leave=False, delay=1)

    def advance(self, steps: int) -> None:
        if self._bar is not None:
            self._bar.update(steps)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def bar(progress: Progress) -> Any:
    """What a native function is given."""
    if progress is False or (progress is None and not _is_watched()):
        return None
    if progress is not True and progress is not None:
        return progress
    try:
        from tqdm.auto import tqdm
    except ImportError:
        if progress is True:
            raise
        return None
    return _Bars(tqdm)


def _is_watched() -> bool:
    """Whether somebody looks at bars: in a terminal or a notebook, if tqdm is there already or can be."""
    if "ipykernel" in sys.modules:
        return True
    return bool(getattr(sys.stderr, "isatty", lambda: False)())
