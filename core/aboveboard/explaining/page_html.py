"""An explanation as one HTML page that needs nothing else: no server, no font, no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from aboveboard.explaining.page import (
    Block,
    Cells,
    Code,
    Command,
    Items,
    Link,
    Page,
    Paragraph,
    Section,
    Table,
    Terms,
)

__all__ = ["as_html"]

_STYLE = """
:root { color-scheme: light dark; --line: #d5d9e0; --soft: #f1f4f8; --text: #1c2330; --dim: #586174;
  --link: #0b5cad; --card: #fff; --page: #fbfcfd; --deny: #9a3412; --wait: #7c5800; --fine: #1f6b3a; }
@media (prefers-color-scheme: dark) { :root { --line: #343c4a; --soft: #1f2631; --text: #e6eaf1;
  --dim: #a3adbd; --link: #86bdf6; --card: #171c24; --page: #11151b; --deny: #fdba74;
  --wait: #f3d27a; --fine: #8fd6a8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.25rem 1.25rem 3rem; }
.person main { max-width: 42rem; font-size: 1.125rem; }
h1 { margin: 1rem 0 .5rem; font-size: 1.8rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.25rem 0 .5rem; line-height: 1.3; }
h3 { font-size: 1.05rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
p { margin: .5rem 0; overflow-wrap: anywhere; } li { margin: .35rem 0; }
a { color: var(--link); overflow-wrap: anywhere; }
code { font: .9em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.note { color: var(--dim); } .warning { border-left: 4px solid var(--deny); padding: .4rem .75rem;
  background: var(--soft); border-radius: .25rem; }
article { border: 1px solid var(--line); border-radius: .75rem; background: var(--card);
  padding: 1rem 1.25rem; margin: 0 0 1rem; }
.tag { display: inline-block; font: 600 .8rem/1.5 system-ui, sans-serif; padding: .05rem .6rem;
  border-radius: 1rem; border: 1px solid currentColor; margin-left: .5rem; vertical-align: .1em; }
.deny { color: var(--deny); } .escalate { color: var(--wait); } .allow { color: var(--fine); }
dl { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .35rem 1rem; margin: .5rem 0; }
dt { color: var(--dim); } dd { margin: 0; grid-column: 2; overflow-wrap: anywhere; }
.person dl { display: block; } .person dt { color: inherit; font-weight: 600; margin-top: .9rem; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; font-size: .95rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
th { color: var(--dim); font-weight: 600; }
td.short { white-space: nowrap; } td.long code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .75rem; border-radius: .5rem; margin: .5rem 0;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; }
@media (max-width: 40rem) {
  dl { display: block; } dt { margin-top: .6rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { display: block; border: 0; padding: .1rem 0; }
  td[data-name]::before { content: attr(data-name) ": "; color: var(--dim); }
  td, td.short { overflow-wrap: anywhere; white-space: normal; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --card: #fff; --text: #000; --dim: #444; --line: #999;
    --link: #000; --soft: #fff; --deny: #000; --wait: #000; --fine: #000; }
  article, tr, dd { break-inside: avoid; } h2, h3 { break-after: avoid; }
  main { max-width: none; padding: 0; }
}
"""


_SHORT = 14
_WORD = 28


def as_html(page: Page) -> str:
    """The page as HTML."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    language = escape(page.language)
    yield f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # Nothing is loaded and nothing runs, whatever a record may hold.
    yield (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
    )
    yield f"<title>{escape(page.title)}</title>\n<style>{_STYLE}</style>\n</head>"
    yield f'<body class="{escape(page.audience)}">\n<main>\n<h1>{escape(page.title)}</h1>'
    for paragraph in page.lead:
        yield from _block(paragraph)
    for section in page.sections:
        yield f"<section>\n<h2>{escape(section.title)}</h2>"
        for block in section.blocks:
            yield from _block(block)
        yield "</section>"
    yield "</main>\n</body>\n</html>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text, kind):
            mark = "" if kind == "plain" else f' class="{kind}"'
            yield f"<p{mark}>{escape(text)}</p>"
        case Items(items):
            yield "<ul>"
            yield from (f"<li>{escape(item)}</li>" for item in items)
            yield "</ul>"
        case Terms(rows):
            yield "<dl>"
            for name, values in rows:
                yield f"<dt>{escape(name)}</dt>"
                yield from (f"<dd>{_cell(value)}</dd>" for value in values)
            yield "</dl>"
        case Table(headers, rows):
            yield from _table(headers, rows)
        case Command(text):
            yield f"<pre><code>{escape(text)}</code></pre>"
        case Section(title, blocks, tag):
            mark = f' <span class="tag {escape(tag)}">{escape(tag)}</span>' if tag else ""
            yield f"<article>\n<h3>{escape(title)}{mark}</h3>"
            for inner in blocks:
                yield from _block(inner)
            yield "</article>"


def _table(headers: tuple[str, ...], rows: tuple[tuple[Cells, ...], ...]) -> Iterator[str]:
    """A table without the columns that nothing stands in."""
    filled = [n for n in range(len(headers)) if any(row[n] for row in rows)]
    heads = "".join(f'<th scope="col">{escape(headers[n])}</th>' for n in filled)
    yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>"
    for row in rows:
        cells = "".join(f"<td{_marks(headers[n], row[n])}>{_cells(row[n])}</td>" for n in filled)
        yield f"<tr>{cells}</tr>"
    yield "</tbody>\n</table>"


def _marks(header: str, cell: Cells) -> str:
    """How a cell may break, and what a narrow screen shows before it: nothing before an empty one."""
    if not cell:
        return ""
    named = f' data-name="{escape(header)}"'
    if isinstance(cell, str) and len(cell) <= _SHORT:
        return f' class="short"{named}'
    if isinstance(cell, Code):
        return f' class="{"short" if len(cell.text) <= _WORD else "long"}"{named}'
    return named


def _cells(cells: Cells) -> str:
    return "; ".join(map(_cell, cells)) if isinstance(cells, tuple) else _cell(cells)


def _cell(cell: str | Link | Code) -> str:
    match cell:
        case Link(text, href):
            return f'<a href="{escape(href)}">{escape(text)}</a>'
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case _:
            return escape(cell)
