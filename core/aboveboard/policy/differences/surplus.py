"""What one side has more of than the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

__all__ = ["surplus"]

T = TypeVar("T")


def surplus(these: Iterable[T], those: Iterable[T], key: Callable[[T], Hashable]) -> list[T]:
    """The items that the others do not have, or not as often, in their order.

    Args:
        these: whose items are given.
        those: the others.
        key: items of the same key are the same.
    """
    left = Counter(map(key, those))
    found = []
    for item in these:
        name = key(item)
        if left[name]:
            left[name] -= 1
        else:
            found.append(item)
    return found
