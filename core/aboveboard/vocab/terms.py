"""Terms of the Data Privacy Vocabulary (DPV) as marker objects, one class a kind."""

from __future__ import annotations

from keyword import iskeyword
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "Art9Condition",
    "AutomationLevel",
    "ConsentStatus",
    "DataCategory",
    "HumanInvolvement",
    "Kind",
    "LegalBasis",
    "Operation",
    "Purpose",
    "Term",
]

Kind = Literal[
    "art9_condition",
    "automation",
    "category",
    "consent_status",
    "human_involvement",
    "legal_basis",
    "processing",
    "purpose",
]


class Term:
    """One term. Immutable, hashable, equal by id; fit for `Annotated[str, pd.EmailAddressWork]`.

    Written by hand, not a dataclass or a pydantic model: hundreds are made when `aboveboard.pd`
    is imported, and importing either of those costs more than making all of them.
    """

    __slots__ = ("_id", "_label")
    kind: ClassVar[Kind]

    def __init__(self, id_: str, label: str, /) -> None:
        self._id = id_
        self._label = label

    @property
    def id(self) -> str:
        """The compact id, such as `pd:EmailAddressWork`: what events and policies hold."""
        return self._id

    @property
    def label(self) -> str:
        """DPV's English label, such as `Email Address Work`."""
        return self._label

    @property
    def broader(self) -> tuple[Self, ...]:
        """The next broader terms of the same kind; empty at the top.

        Raises:
            VocabularyError: the id is not one of DPV's (a marker made by hand).
        """
        from aboveboard.vocab.lookup import broader

        return broader(self)

    def __eq__(self, other: object) -> bool:
        return self._id == other._id if isinstance(other, Term) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._id)

    def __repr__(self) -> str:
        prefix, _, name = self._id.partition(":")
        # The generated modules rename what is no Python name.
        if prefix in {"pd", "dpv"} and name.isidentifier() and not iskeyword(name):
            return f"{prefix}.{name}"
        return f"term({self._id!r})"

    def __str__(self) -> str:
        return self._id

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self._id, self._label)


class DataCategory(Term):
    """A category of personal data: `pd:…`, or `dpv:PersonalData` and what stands beside it."""

    __slots__ = ()
    kind = "category"


class Purpose(Term):
    """What personal data are processed for."""

    __slots__ = ()
    kind = "purpose"


class Operation(Term):
    """What is done with personal data, such as `dpv:Profiling` (DPV: Processing)."""

    __slots__ = ()
    kind = "processing"


class ConsentStatus(Term):
    """Where a consent stands, such as `dpv:ConsentWithdrawn`."""

    __slots__ = ()
    kind = "consent_status"


class AutomationLevel(Term):
    """How far a step runs without a human, such as `dpv:FullAutomation`."""

    __slots__ = ()
    kind = "automation"


class HumanInvolvement(Term):
    """What a human does in a step, such as `dpv:HumanInvolvementForOversight`."""

    __slots__ = ()
    kind = "human_involvement"


class LegalBasis(Term):
    """A legal basis of GDPR Art 6(1), such as `eu-gdpr:A6-1-f`."""

    __slots__ = ()
    kind = "legal_basis"


class Art9Condition(Term):
    """A condition of GDPR Art 9(2), such as `eu-gdpr:A9-2-a`."""

    __slots__ = ()
    kind = "art9_condition"
