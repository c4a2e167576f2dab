"""Never run: what mypy and pyright say about the vocabulary is the test.

Each `type: ignore` is an error that has to be there: both checkers report one that is not needed.
"""

from typing import Annotated, TypedDict, assert_type

from aboveboard import dpv, pd
from aboveboard.vocab import DataCategory, Purpose, SubjectId


class Lead(TypedDict):
    id: Annotated[str, SubjectId]
    email: Annotated[str, pd.EmailAddressWork]


def send(lead: Lead) -> str:
    return lead["email"]


category: DataCategory = pd.EmailAddressWork
purpose: Purpose = dpv.DirectMarketing
assert_type(category.id, str)

# A name that DPV does not have, and a category where a purpose belongs.
unknown = pd.NoSuchThing  # type: ignore[attr-defined]
mistaken: Purpose = pd.EmailAddressWork  # type: ignore[assignment]
