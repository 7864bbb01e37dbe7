"""Charts as SVG and PNG."""

from __future__ import annotations

import os
from pathlib import Path

from . import _native as native
from .errors import UsageError
from .options import PathLike


class Picture:
    """A chart, as ``overhang plot`` draws it. Notebooks show it.

    >>> import overhang_risk as oh
    >>> picture = oh.run(oh.template(), paths=2_000).plot("exceedance", "lab.net_value")
    >>> picture.svg[:4], picture.png[1:4]
    ('<svg', b'PNG')
    """

    __slots__ = ("_native",)

    def __init__(self, found: native.Picture) -> None:
        self._native = found

    @property
    def title(self) -> str:
        """The title."""
        return self._native.title

    @property
    def summary(self) -> str:
        """A sentence for those who cannot see it."""
        return self._native.summary

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return self._native.svg()

    @property
    def png(self) -> bytes:
        """The picture as PNG, with twice as many pixels for sharp printing."""
        return bytes(self._native.png())

    def save(self, file: PathLike) -> None:
        """Writes the picture, as SVG or PNG by the ending of the name. An existing file is replaced.

        Raises:
            UsageError: If the name ends otherwise.
        """
        ending = os.path.splitext(os.fspath(file))[1].lower()
        if ending not in (".svg", ".png"):
            raise UsageError(f"`{os.fspath(file)}` is neither .svg nor .png", "choose a name that ends with .svg or .png")
        Path(file).write_bytes(self.svg.encode() if ending == ".svg" else self.png)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Picture {self.title!r}>"
