"""One recorded decision, told three ways: to the engineer, to the auditor, to the person concerned.

page = explain(record, "person", Known(bundle=bundle, organisation=organisation))
page.lacks          # what somebody has to state before the page is finished
as_text(page), as_html(page), as_json(page)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard.explaining.known import Known
    from aboveboard.explaining.making import AUDIENCES, Audience, explain
    from aboveboard.explaining.page import Lack, Page
    from aboveboard.explaining.page_html import as_html
    from aboveboard.explaining.page_text import as_json, as_text

__all__ = [
    "AUDIENCES",
    "Audience",
    "Known",
    "Lack",
    "Page",
    "as_html",
    "as_json",
    "as_text",
    "explain",
]

__getattr__ = lazily(
    __name__,
    {
        "AUDIENCES": "making",
        "Audience": "making",
        "Known": "known",
        "Lack": "page",
        "Page": "page",
        "as_html": "page_html",
        "as_json": "page_text",
        "as_text": "page_text",
        "explain": "making",
    },
)
