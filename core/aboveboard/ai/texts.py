"""Places of texts in what a vendor's client sends and gets, so that a text can be replaced there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping, MutableSequence
from typing import Any

__all__ = ["Text", "strings", "value_of"]


class Text:
    """One text, by where it stands: a key of a mapping, an index of a list, an attribute.

    Args:
        holder: what holds it; changed in place when the text is replaced.
        key: under which it does.
    """

    __slots__ = ("holder", "key")

    def __init__(self, holder: Any, key: Any) -> None:
        self.holder = holder
        self.key = key

    def __repr__(self) -> str:
        return f"Text({type(self.holder).__name__}, {self.key!r})"  # never what it says

    @property
    def value(self) -> str:
        """What it says; empty where there is none."""
        found = value_of(self.holder, self.key)
        return found if isinstance(found, str) else ""

    @value.setter
    def value(self, text: str) -> None:
        if isinstance(self.holder, MutableMapping | MutableSequence):
            self.holder[self.key] = text
        else:
            setattr(self.holder, self.key, text)


def value_of(holder: Any, key: Any, default: Any = None) -> Any:
    """A value by key, index or attribute: JSON and the objects of an SDK are read alike."""
    if isinstance(holder, MutableMapping):
        return holder.get(key, default)
    if isinstance(key, int):
        return holder[key] if -len(holder) <= key < len(holder) else default
    return getattr(holder, key, default)


def strings(value: Any, skip: Collection[str] = ()) -> Iterator[Text]:
    """Every text within a JSON value; keys are none.

    Args:
        value: a mapping, a list, or anything that holds no text.
        skip: keys whose values are left out, at every depth.
    """
    if isinstance(value, MutableMapping):
        places: Any = [(key, item) for key, item in value.items() if key not in skip]
    elif isinstance(value, MutableSequence):
        places = list(enumerate(value))
    else:
        return
    for key, item in places:
        if isinstance(item, str):
            yield Text(value, key)
        else:
            yield from strings(item, skip)
