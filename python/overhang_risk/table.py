"""Tables of results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import _native as native

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Table:
    """A table of results. Packages that know the Arrow C interface read it without a copy: ``polars.DataFrame(table)``,
    ``pyarrow.table(table)``, ``duckdb.sql("from table")``.

    >>> import overhang_risk as oh
    >>> terms = oh.run(oh.template(), paths=2_000).term_structures()
    >>> terms.names
    ['owner', 'kind', 'name', 'period', 'year', 'probability', 'low', 'high']
    >>> terms["year"][:3].round(3)
    array([0.083, 0.167, 0.25 ])
    """

    __slots__ = ("_native",)

    def __init__(self, found: native.Table) -> None:
        self._native = found

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return self._native.names

    def __len__(self) -> int:
        return len(self._native)

    def __getitem__(self, name: str) -> Any:
        """A column: an array in which undefined numbers are NaN, or a list of texts."""
        return self._native.column(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def to_dict(self) -> dict[str, Any]:
        """The columns by name."""
        return {name: self[name] for name in self.names}

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame of pandas."""
        import pandas

        return pandas.DataFrame(self.to_dict())

    def to_polars(self) -> polars.DataFrame:
        """A DataFrame of Polars, which shares the memory of this table."""
        import polars

        return polars.DataFrame(self)

    def to_arrow(self) -> pyarrow.Table:
        """A table of PyArrow, which shares the memory of this table."""
        import pyarrow

        return pyarrow.table(self)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._native.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> Any:
        return self._native.__arrow_c_schema__()

    def __repr__(self) -> str:
        return f"<Table of {len(self)} rows: {', '.join(self.names)}>"
