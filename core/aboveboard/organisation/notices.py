"""What people are told."""

from aboveboard.organisation.base import (
    Count,
    Entry,
    Flag,
    Id,
    LanguageTag,
    Moment,
    Prose,
    PurposeTerm,
    stated,
)

__all__ = ["Notice"]


class Notice(Entry):
    """A text that people are given: a privacy notice, or the words that disclose an AI.

    Whether one person was given it is no matter of the register: the CRM knows.
    """

    version: Id | None = stated("Version, in quotes.")
    published_at: Moment | None = stated("When this version came into use.")
    languages: tuple[LanguageTag, ...] | None = stated("Languages it is to be had in, BCP 47.")
    covers_purposes: tuple[PurposeTerm, ...] | None = stated("DPV ids of the purposes it names.")
    states_recipients: Flag | None = stated("It names who gets the data.")
    states_third_countries: Flag | None = stated("It names transfers outside the EEA.")
    states_rights: Flag | None = stated("It names the person's rights.")
    states_retention: Flag | None = stated("It names the periods of storage.")
    states_adm_logic: Flag | None = stated("It explains automated decisions and their logic.")
    layered: Flag | None = stated("It has a short first layer, with the details behind it.")
    length_words: Count | None = stated("Length of its first layer, in words.")
    reading_grade_tenths: Count | None = stated("School grade needed to read it, in tenths.")
    texts: dict[LanguageTag, Prose] | None = stated("What is shown to people, by language.")
