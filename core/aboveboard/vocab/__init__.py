"""The words that facts are written in: W3C Data Privacy Vocabulary (DPV), and two markers.

`aboveboard.pd` and `aboveboard.dpv` hold the terms as attributes; this package holds their
classes and answers questions about ids. Licence of the vocabulary: `DPV-NOTICE.md` beside this
file.
"""

from __future__ import annotations

from aboveboard.vocab.lookup import ancestors, ids, is_known, term
from aboveboard.vocab.markers import (
    FreeText,
    FreeTextMarker,
    NotPersonal,
    NotPersonalMarker,
    SubjectId,
    SubjectIdMarker,
)
from aboveboard.vocab.terms import (
    Art9Condition,
    AutomationLevel,
    ConsentStatus,
    DataCategory,
    HumanInvolvement,
    Kind,
    LegalBasis,
    Operation,
    Purpose,
    Term,
)

__all__ = [
    "Art9Condition",
    "AutomationLevel",
    "ConsentStatus",
    "DataCategory",
    "FreeText",
    "FreeTextMarker",
    "HumanInvolvement",
    "Kind",
    "LegalBasis",
    "NotPersonal",
    "NotPersonalMarker",
    "Operation",
    "Purpose",
    "SubjectId",
    "SubjectIdMarker",
    "Term",
    "ancestors",
    "ids",
    "is_known",
    "term",
]
