from __future__ import annotations

import copy
import pickle
from typing import Annotated, get_type_hints

import pytest

from aboveboard import dpv, pd
from aboveboard.errors import VocabularyError
from aboveboard.vocab import DataCategory, NotPersonal, SubjectId, Term, term

MARKERS = [pd.EmailAddressWork, dpv.DirectMarketing, SubjectId, NotPersonal]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("marker", MARKERS, ids=repr)
def test_pickle_gives_an_equal_marker(marker: object, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(marker, protocol)) == marker


@pytest.mark.parametrize("marker", MARKERS, ids=repr)
def test_copies_are_the_marker_itself(marker: object) -> None:
    assert copy.copy(marker) is marker
    assert copy.deepcopy(marker) is marker


def test_the_two_singletons_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps(SubjectId)) is SubjectId
    assert pickle.loads(pickle.dumps(NotPersonal)) is NotPersonal
    assert repr([SubjectId, NotPersonal]) == "[SubjectId, NotPersonal]"


def test_a_term_reads_like_the_code_that_names_it() -> None:
    assert repr(pd.EmailAddressWork) == "pd.EmailAddressWork"
    assert repr(dpv.DirectMarketing) == "dpv.DirectMarketing"
    assert repr(term("eu-gdpr:A6-1-f")) == "term('eu-gdpr:A6-1-f')"
    assert str(pd.EmailAddressWork) == "pd:EmailAddressWork"
    assert pd.EmailAddressWork.label == "Email Address Work"


def test_terms_are_equal_and_hash_by_id() -> None:
    other = DataCategory("pd:EmailAddressWork", "another label")
    assert other == pd.EmailAddressWork
    assert len({other, pd.EmailAddressWork, term("pd:EmailAddressWork")}) == 1
    assert pd.EmailAddressWork != pd.EmailAddress
    assert pd.EmailAddressWork != "pd:EmailAddressWork"


@pytest.mark.parametrize("name", ["id", "label", "anything"])
def test_terms_are_frozen(name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(pd.Age, name, "x")


def test_broader_terms_are_markers() -> None:
    assert pd.EmailAddress in pd.EmailAddressWork.broader
    assert dpv.DirectMarketing.broader == (dpv.Marketing,)
    assert dpv.PersonalData.broader == ()


def test_broader_of_a_marker_made_by_hand() -> None:
    with pytest.raises(VocabularyError, match="Did you mean 'pd:Age'"):
        _ = DataCategory("pd:Agee", "?").broader


def test_markers_stand_in_annotations() -> None:
    class Lead:
        id: Annotated[str, SubjectId]
        email: Annotated[str, pd.EmailAddressWork]
        batch: Annotated[int, NotPersonal]

    hints = get_type_hints(Lead, localns={"Annotated": Annotated}, include_extras=True)
    assert hints["id"].__metadata__ == (SubjectId,)
    assert hints["email"].__metadata__ == (pd.EmailAddressWork,)
    assert hints["batch"].__metadata__ == (NotPersonal,)
    assert isinstance(hints["email"].__metadata__[0], Term)
