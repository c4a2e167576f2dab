"""The numbers that a fairness check is held to."""

from __future__ import annotations

from dataclasses import dataclass

from aboveboard.errors import ConfigurationError

__all__ = ["DEFAULT", "Thresholds"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as thin, as a difference and as chance. All of them are house values.

    None of them is EU law. 0.8 and the share of 2 % come from a screen of US practice (29 CFR
    1607.4(D) and its guidance, NYC Local Law 144); they say where to look.

    Attributes:
        n_min: people that a group needs before anything is claimed about it; at least 2.
        share_min: share of all people, 0 to 1, that a group needs to set the reference. A smaller
            one is tested all the same.
        ratio: impact ratio, above 0 up to 1, below which a group is looked at.
        p: probability, above 0 and below 1, below which a difference is no longer put down to
            chance.
    """

    n_min: int = 30
    share_min: float = 0.02
    ratio: float = 0.8
    p: float = 0.05

    def __post_init__(self) -> None:
        """Refuse what no check could be made with. Raises ConfigurationError."""
        fine = (
            self.n_min >= 2 and 0 <= self.share_min < 1 and 0 < self.ratio <= 1 and 0 < self.p < 1
        )
        if not fine:
            msg = (
                "Thresholds of a fairness check: n_min is at least 2, share_min from 0 to below 1, "
                "ratio above 0 up to 1, p between 0 and 1."
            )
            raise ConfigurationError(msg)


DEFAULT = Thresholds()
