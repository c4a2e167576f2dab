"""A query as far as it was read, and how it is written without some of its fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Item", "Soql", "SoqlError"]


class SoqlError(ValueError):
    """A query that is not understood; says which part, never a value."""


@dataclass(slots=True)
class Item:
    """One item of a SELECT list.

    Attributes:
        text: as it stands in the query.
        paths: the fields that it needs, such as `Individual.HasOptedOutProfiling`.
        key: the key that its value has in an answer; None for subqueries and `FIELDS(…)`.
        aggregate: it counts or sums up.
        group: `ALL`, `STANDARD` or `CUSTOM` of `FIELDS(…)`.
        inner: a subquery.
    """

    text: str
    paths: tuple[str, ...] = ()
    key: str | None = None
    aggregate: bool = False
    group: str | None = None
    inner: Soql | None = None


@dataclass(slots=True)
class Soql:
    """A query as far as it was read.

    Attributes:
        items: of its SELECT list.
        object: as FROM names it; of a subquery the name of the relationship.
        rest: the query from FROM on.
        used: fields that the conditions mention, each with the object it is a field of, as its own
            query's FROM names it.
        grouped: it has GROUP BY.
    """

    items: list[Item]
    object: str
    rest: str
    used: list[tuple[str, str]] = field(default_factory=list)
    grouped: bool = False

    @property
    def aggregated(self) -> bool:
        """Its rows are no records."""
        return self.grouped or any(item.aggregate for item in self.items)

    def text(self) -> str:
        """The query as SOQL."""
        items = (f"({item.inner.text()})" if item.inner else item.text for item in self.items)
        return f"SELECT {', '.join(items)} {self.rest}"

    def without(self, cut: Callable[[str], bool]) -> None:
        """Leave items out.

        Args:
            cut: whether a field, given by its path, must not be asked for.

        Raises:
            SoqlError: nothing would be left of a query that counts.
        """
        kept = [item for item in self.items if item.inner or not any(map(cut, item.paths))]
        if not kept:
            if self.aggregated:
                msg = "nothing is left of what it counts"
                raise SoqlError(msg)
            kept = [Item("Id", ("Id",), "Id")]
        self.items = kept

    def keys(self) -> dict[str, str]:
        """Keys of a row that are not the field's own name → path of the field."""
        found: dict[str, str] = {}
        number = 0
        aggregated = self.aggregated
        for item in self.items:
            if item.inner or item.group:
                continue
            key = item.key
            if item.aggregate and key is None:
                key = f"expr{number}"
                number += 1
            path = item.paths[0] if item.paths else ""
            if key is None:
                continue
            if aggregated and key == path:
                key = path.rpartition(".")[2]
            if aggregated or key.lower() != path.lower():
                found[key] = path
        return found
