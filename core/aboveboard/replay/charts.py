"""Bar charts as inline SVG: no library, no script, no colour of their own.

Lengths are percentages and letters are not scaled, so that a chart reads as well on a phone as on
paper. Colours are classes, which the page's style has for light and dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Bar", "bar_chart"]

_LABEL_PX, _GAP_PX, _LABEL_CHARS = 22, 10, 48


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart.

    Attributes:
        label: what it stands for.
        lines: bars below each other: of each its parts from left to right, as a CSS class, what it
            means and a length.
        told: what is written at its end.
    """

    label: str
    lines: Sequence[Sequence[tuple[str, str, float]]]
    told: str

    @property
    def length(self) -> float:
        """Of its longest line."""
        return max(sum(value for _, _, value in parts) for parts in self.lines)


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
    heights = [_LABEL_PX + len(bar.lines) * _thick(bar) + _GAP_PX for bar in bars]
    yield (
        f'<svg class="chart" role="img" width="100%" height="{sum(heights)}" '
        f'aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">{escape(title)}</title>'
    yield f'<desc id="{name}-desc">{escape(described)}</desc>'
    for index, bar in enumerate(bars):
        top = sum(heights[:index])
        yield f'<text class="label" x="0" y="{top + 15}">{escape(_short(bar.label))}</text>'
        yield f'<text class="told" x="100%" y="{top + 15}">{escape(bar.told)}</text>'
        for number, parts in enumerate(bar.lines):
            yield from _line(bar, parts, top + _LABEL_PX + number * _thick(bar), longest)
    yield "</svg>"


def _line(
    bar: Bar, parts: Sequence[tuple[str, str, float]], top: int, longest: float
) -> Iterator[str]:
    place = f'y="{top}" height="{_thick(bar) - 2}"'
    yield f'<rect class="track" x="0" width="100%" {place}/>'
    left = 0.0
    for style, meaning, value in parts:
        if value <= 0:
            continue
        wide = 100 * value / longest
        # What is there is seen, however little of the whole it is.
        yield (
            f'<rect class="{style}" x="{left:.3f}%" width="{max(wide, 0.4):.3f}%" {place}>'
            f"<title>{escape(f'{bar.label}: {meaning}')}</title></rect>"
        )
        left += wide


def _thick(bar: Bar) -> int:
    return 16 if len(bar.lines) == 1 else 11


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_CHARS else f"{label[: _LABEL_CHARS - 1]}…"
