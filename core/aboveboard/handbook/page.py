"""The book as one HTML page that needs nothing else: no server, no font, no script from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from aboveboard.handbook.content import Book, RulePage, Text

__all__ = ["as_html"]

_STYLE = """
:root { color-scheme: light dark; --line: #d5d9e0; --soft: #f4f6f9; --text: #1c2330; --dim: #586174;
  --link: #0b5cad; --mark: #9a3412; --card: #fff; --page: #fbfcfd; }
@media (prefers-color-scheme: dark) { :root { --line: #343c4a; --soft: #1d232d; --text: #e6eaf1;
  --dim: #a3adbd; --link: #86bdf6; --mark: #fdba74; --card: #171c24; --page: #11151b; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
header, main { max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { margin: 1rem 0 .25rem; font-size: 1.9rem; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
a { color: var(--link); } code { font: .92em ui-monospace, "DejaVu Sans Mono", monospace; }
.dim { color: var(--dim); }
.find { position: sticky; top: 0; background: var(--page); padding: .75rem 0; z-index: 1;
  display: flex; gap: .75rem; align-items: center; flex-wrap: wrap; }
input, select { font: inherit; padding: .5rem .75rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--card); color: var(--text); }
input { flex: 1 1 18rem; } select { max-width: 16rem; }
article { border: 1px solid var(--line); border-radius: .75rem; background: var(--card);
  padding: 1rem 1.25rem; margin: 0 0 1rem; scroll-margin-top: 5rem; }
.id { font: 600 .85em ui-monospace, monospace; color: var(--dim); margin-right: .5rem; }
.tag { display: inline-block; font-size: .8rem; padding: .05rem .5rem; border-radius: 1rem;
  border: 1px solid var(--line); background: var(--soft); margin: 0 .25rem .25rem 0; }
.tag.deny, .warning { color: var(--mark); }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .25rem .75rem; margin: .75rem 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
.says { border-left: 3px solid var(--line); padding-left: .75rem; margin: .75rem 0; }
.says p { margin: .15rem 0; }
pre { background: var(--soft); padding: .75rem; border-radius: .5rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
details > summary { cursor: pointer; color: var(--link); }
[hidden] { display: none; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .4rem; } }
@media print { .find { display: none; } article { break-inside: avoid; } }
"""

_SCRIPT = """
const field = document.getElementById("find"), step = document.getElementById("step");
const law = document.getElementById("law"), told = document.getElementById("told");
const pages = [...document.querySelectorAll("article")];
const words = new Map(pages.map((page) => [page, page.textContent.toLowerCase()]));
function find() {
  const wanted = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const page of pages) {
    const fits = wanted.every((word) => words.get(page).includes(word))
      && (!step.value || page.dataset.steps.split(" ").includes(step.value))
      && (!law.value || page.dataset.laws.split("\\n").includes(law.value));
    page.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  told.textContent = shown + " of " + pages.length + " rules";
}
for (const one of [field, step, law]) one.addEventListener("input", find);
find();
"""


def as_html(book: Book) -> str:
    """The book as a page of its own, with a search."""
    return "\n".join(_lines(book)) + "\n"


def _lines(book: Book) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Aboveboard: {len(book.pages)} rules</title>\n<style>{_STYLE}</style>\n</head>"
    yield "<body>\n<header>\n<h1>Rules</h1>"
    yield (
        f'<p class="dim">{len(book.pages)} rules. Policy revision '
        f"<code>{escape(book.revision[:19])}…</code> Not legal advice.</p>\n</header>\n<main>"
    )
    yield '<div class="find" role="search">'
    yield (
        '<input id="find" type="search" placeholder="Search rules, laws, facts" '
        'aria-label="Search rules, laws, facts">'
    )
    yield _choice("step", "every step", book.by_step)
    yield _choice("law", "every law", book.by_law)
    yield '<span id="told" class="dim" aria-live="polite"></span></div>'
    for page in book.pages.values():
        yield from _rule(page, book)
    yield f"</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>"


def _choice(name: str, every: str, values: object) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(value.replace("_", " "))}</option>'
        for value in values  # type: ignore[attr-defined]
    )
    return f'<select id="{name}" aria-label="{every}"><option value="">{every}</option>{options}</select>'


def _rule(page: RulePage, book: Book) -> Iterator[str]:
    entry = page.entry
    laws = "\n".join(law for law, rules in book.by_law.items() if entry.rule in rules)
    yield (
        f'<article id="{escape(entry.rule.lower())}" data-steps="{" ".join(entry.steps)}" '
        f'data-laws="{escape(laws)}">'
    )
    yield f'<h2><span class="id">{escape(entry.rule)}</span>{escape(entry.title)}</h2>'
    tags = [*page.effects, f"severity {entry.severity}", *entry.steps, " and ".join(entry.phases)]
    shown = (
        f'<span class="tag {escape(tag)}">{escape(tag.replace("_", " "))}</span>' for tag in tags
    )
    yield f"<p>{''.join(shown)}</p>\n<p>{escape(entry.description)}</p>\n<dl>"
    for name, value in _facts(page):
        if value:
            yield f"<dt>{name}</dt><dd>{value}</dd>"
    yield "</dl>"
    yield from _says([text for text in page.texts if text.language == "en"])
    others = sorted({text.language for text in page.texts} - {"en"})
    for language in others:
        yield f"<details><summary>{escape(language)}</summary>"
        yield from _says([text for text in page.texts if text.language == language])
        yield "</details>"
    if page.example:
        yield f"<details><summary>See it at work</summary><pre>{escape(page.example)}</pre></details>"
    yield "</article>"


def _facts(page: RulePage) -> Iterator[tuple[str, str]]:
    entry = page.entry
    yield "Asked for", escape(entry.demand)
    yield (
        "Law",
        "; ".join(
            f'<a href="{escape(link)}">{escape(cited)}</a>' if link else escape(cited)
            for cited, link in page.law
        ),
    )
    yield "Applies from", escape(entry.applies_from or "")
    yield "Unknown", escape(entry.unknown)
    yield "Facts", ", ".join(f"<code>{escape(path)}</code>" for path in page.facts)
    data = (f"<code>{escape(name)}</code> as of {escape(date)}" for name, date in page.data)
    yield "Reference data", ", ".join(data)
    unverified = ", ".join(f"<code>{escape(path)}</code>" for path in page.unverified)
    yield "Not verified", unverified and f'<span class="warning">{unverified}</span>'


def _says(texts: list[Text]) -> Iterator[str]:
    for text in texts:
        yield f'<div class="says" lang="{escape(text.language)}">'
        if text.reason != "default":
            yield f'<p class="dim">{escape(text.reason.replace("_", " "))}</p>'
        yield f"<p>{escape(text.message)}</p>"
        yield f'<p class="dim">→ {escape(text.remedy)}</p>'
        if text.person:
            yield f"<p>“{escape(text.person)}”</p>"
        yield "</div>"
