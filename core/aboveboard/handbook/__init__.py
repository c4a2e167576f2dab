"""The rules as a book: what each demands, by which law, on which facts, and what would make it pass."""

from __future__ import annotations

from aboveboard.handbook.content import Book, RulePage, make_book
from aboveboard.handbook.markdown import as_markdown
from aboveboard.handbook.page import as_html

__all__ = ["Book", "RulePage", "as_html", "as_markdown", "make_book"]
