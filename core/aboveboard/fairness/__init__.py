"""Does a model favour some groups of people over others? Counts in, an answer with its limits out.

    counts = counts_from_file("scores.csv", group="language", outcome="contacted")
    report = check_fairness(counts)
    report.outcome                                   # 'pass', 'warn', 'escalate' or 'deny'
    fairness_facts(report, model_version="3.1.4")    # what rules on fairness judge

Per group: rate, impact ratio against the best group, its 95 % interval and how likely the
difference is by chance. Thin data never pass, strata are never pooled silently, and nothing here
decides what the law does: see `explain`.

Needs the extra: `pip install 'aboveboard[fairness]'` (scipy, narwhals), for Parquet
`'aboveboard[parquet]'`. Importing this package does not.
"""

from aboveboard.fairness.assessing import Assessment, Comparison, GroupResult, assess
from aboveboard.fairness.counts import BLANK, Group, OutcomeCounts
from aboveboard.fairness.exact import two_sided_p
from aboveboard.fairness.frames import counts_from_frame
from aboveboard.fairness.holm import holm
from aboveboard.fairness.katz import katz_interval
from aboveboard.fairness.outcomes import Outcome, Why, classify
from aboveboard.fairness.report import FairnessReport, check_fairness
from aboveboard.fairness.stating import fairness_facts
from aboveboard.fairness.tables import counts_from_file, counts_from_stream
from aboveboard.fairness.tally import Columns
from aboveboard.fairness.texts import explain, reason
from aboveboard.fairness.thresholds import Thresholds

__all__ = [
    "BLANK",
    "Assessment",
    "Columns",
    "Comparison",
    "FairnessReport",
    "Group",
    "GroupResult",
    "Outcome",
    "OutcomeCounts",
    "Thresholds",
    "Why",
    "assess",
    "check_fairness",
    "classify",
    "counts_from_file",
    "counts_from_frame",
    "counts_from_stream",
    "explain",
    "fairness_facts",
    "holm",
    "katz_interval",
    "reason",
    "two_sided_p",
]
