"""Bar charts as inline SVG: no library, no script, no colour of their own.

Lengths are percentages and letters are not scaled, so that a chart reads as well on a phone as on
paper. Colours are classes, which the page's style has for light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Bar", "bar_chart"]

_ROW_PX, _BAR_PX, _LABEL_CHARS = 44, 14, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart.

    Attributes:
        label: what it stands for.
        parts: a CSS class, what it means and a length each, from left to right.
        told: what is written at its end.
    """

    label: str
    parts: Sequence[tuple[str, str, float]]
    told: str

    @property
    def length(self) -> float:
        """Of all its parts."""
        return sum(value for _, _, value in self.parts)


def bar_chart(name: str, title: str, described: str, bars: Sequence[Bar]) -> str:
    """A chart of stacked bars that share one scale; "" where there is nothing to show.

    Args:
        name: unique on the page; of letters, digits and hyphens.
        title: what it shows, for who hears it.
        described: the same in words, with where its numbers are.
        bars: from top to bottom.
    """
    longest = max((bar.length for bar in bars), default=0.0)
    if longest <= 0:
        return ""
    return "\n".join(_svg(name, title, described, bars, longest))


def _svg(
    name: str, title: str, described: str, bars: Sequence[Bar], longest: float
) -> Iterator[str]:
    height = _ROW_PX * len(bars)
    yield (
        f'<svg class="chart" role="img" width="100%" height="{height}" '
        f'aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">{escape(title)}</title>'
    yield f'<desc id="{name}-desc">{escape(described)}</desc>'
    for index, bar in enumerate(bars):
        top = index * _ROW_PX
        yield f'<text class="label" x="0" y="{top + 15}">{escape(_short(bar.label))}</text>'
        yield f'<text class="told" x="100%" y="{top + 15}">{escape(bar.told)}</text>'
        yield f'<rect class="track" x="0" y="{top + 22}" width="100%" height="{_BAR_PX}" rx="3"/>'
        left = 0.0
        for style, meaning, value in bar.parts:
            if value <= 0:
                continue
            wide = 100 * value / longest
            # What is there is seen, however little of the whole it is.
            yield (
                f'<rect class="{style}" x="{left:.3f}%" y="{top + 22}" width="{max(wide, 0.4):.3f}%" '
                f'height="{_BAR_PX}"><title>{escape(f"{bar.label}: {meaning}")}</title></rect>'
            )
            left += wide
    yield "</svg>"


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_CHARS else f"{label[: _LABEL_CHARS - 1]}…"
