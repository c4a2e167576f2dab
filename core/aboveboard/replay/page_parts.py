"""Style and script of the page: within it, so that it asks nothing of anybody."""

from __future__ import annotations

import base64
import hashlib

__all__ = ["POLICY", "SCRIPT", "STYLE"]

STYLE = """
:root { color-scheme: light dark; --page: #f7f8fa; --card: #fff; --line: #d9dde4; --soft: #eef1f5;
  --text: #1a212c; --dim: #545e70; --stopped: #b3261e; --stricter: #dd7a12; --allowed: #1e7d43;
  --milder: #79b98f; --obligations: #2f6fc4; --other: #8a93a3; --old: #8a93a3; --new: #2f6fc4;
  --good: #1e7d43; --bad: #b3261e; --unsure: #8a5300; }
@media (prefers-color-scheme: dark) { :root { --page: #10141a; --card: #171c24; --line: #333c4a;
  --soft: #222934; --text: #e7ebf2; --dim: #a8b2c2; --stopped: #f0857d; --stricter: #f2b266;
  --allowed: #63c58a; --milder: #3f7f59; --obligations: #79aef2; --other: #7c8798; --old: #7c8798;
  --new: #79aef2; --good: #63c58a; --bad: #f0857d; --unsure: #f2b266; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.75rem; }
h1 { font-size: 1rem; font-weight: 600; color: var(--dim); margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 0 0 .75rem; } h3 { font-size: 1rem; margin: 0 0 .35rem; }
.headline { font-size: 1.45rem; line-height: 1.35; font-weight: 600; margin: 0 0 .75rem;
  text-wrap: pretty; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.1rem 1.25rem 1.25rem; margin: 0 0 1rem; }
.remarks { list-style: none; padding: 0; margin: 0 0 1rem; }
.remarks li { border-left: 3px solid var(--line); padding: .1rem .75rem; margin: .35rem 0;
  color: var(--dim); overflow-wrap: anywhere; }
.remarks li.warning { border-color: var(--unsure); color: var(--text); }
.pill { display: inline-block; font-size: .85rem; font-weight: 600; border-radius: 1rem;
  padding: .1rem .7rem; border: 1px solid currentColor; margin: 0 .35rem .6rem 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.8rem, 1fr)); gap: .6rem;
  margin: 0 0 1rem; padding: 0; list-style: none; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: .7rem .8rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
.tiles span { display: block; font-size: .85rem; color: var(--dim); }
.tiles .mark { width: 1.75rem; height: .3rem; border-radius: .2rem; margin-bottom: .5rem; }
dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: .3rem .75rem; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: .88em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: var(--soft); border-radius: .5rem; padding: .75rem; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: .5rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
caption { text-align: left; color: var(--dim); padding: 0 0 .4rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
tbody th, tfoot th { font-weight: 400; overflow-wrap: anywhere; min-width: 10.5rem; }
tfoot th, tfoot td, td.zero { color: var(--dim); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead th { color: var(--dim); font-weight: 600; white-space: nowrap; }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--new); outline-offset: 2px; }
th button::after { content: "\\2195"; opacity: .4; padding-left: .2em; }
th[aria-sort=ascending] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort=descending] button::after { content: "\\2193"; opacity: 1; }
.chart { display: block; margin: .25rem 0 .5rem; overflow: visible; }
.chart text { fill: var(--text); font-size: 14px; } .chart .told { text-anchor: end; fill: var(--dim); }
.chart rect:not(.track) { stroke: var(--card); } .track { fill: var(--soft); } .stopped { fill: var(--stopped); } .stricter { fill: var(--stricter); }
.allowed { fill: var(--allowed); } .milder { fill: var(--milder); }
.obligations { fill: var(--obligations); } .other { fill: var(--other); }
.any { fill: var(--text); } .old { fill: var(--old); } .new { fill: var(--new); }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0;
  margin: 0 0 .75rem; font-size: .88rem; color: var(--dim); }
.legend svg { width: .8rem; height: .8rem; margin-right: .4rem; vertical-align: -.05rem; }
article { border-top: 1px solid var(--line); padding: .9rem 0; }
article:last-child { padding-bottom: 0; }
details { margin-top: .5rem; } summary { cursor: pointer; color: var(--obligations); }
details > .scroll { margin-top: .75rem; }
.dim { color: var(--dim); overflow-wrap: anywhere; }
footer { color: var(--dim); font-size: .88rem; padding-bottom: 2rem; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
  main, header, footer { padding-left: .75rem; padding-right: .75rem; }
  .headline { font-size: 1.2rem; } section { padding: .9rem; }
  tbody th, tfoot th { min-width: 9rem; }
  .stacked thead { display: none; } .stacked td { display: block; border: 0; padding: .1rem 0; }
  .stacked tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; } }
@media print { body { background: #fff; } section, article, .tiles li { break-inside: avoid; }
  th button::after { content: none; } section { border: 0; padding: 0 0 1rem; }
  rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""

SCRIPT = """
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      const down = head.hasAttribute("aria-sort")
        ? head.getAttribute("aria-sort") === "ascending" : numbers;
      const value = (row) => numbers
        ? Number(row.cells[column].dataset.value) : row.cells[column].textContent;
      const order = (a, b) => numbers ? value(a) - value(b) : value(a).localeCompare(value(b));
      const rows = [...body.rows].sort((a, b) => down ? order(b, a) : order(a, b));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.append(...rows);
    });
  });
}
"""


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)
"""Content security policy: this style and this script run, and nothing is fetched."""
