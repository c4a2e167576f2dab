"""What a text tells of people, found offline: categories and spans, never copies of words.

    detections = detect("She is a shop steward.", language="en")
    facts = field_facts(detections)

The built-in detector knows five languages (`LANGUAGES`) by lexicons and a few numbers by their check
digits. `docs/detecting.md` has how well it does on sentences that it was not tuned on.
"""

from aboveboard.detecting.builtin import LANGUAGES, detect
from aboveboard.detecting.detection import SIGNALS, Detection
from aboveboard.detecting.languages import language_of
from aboveboard.detecting.telling import (
    conversation_facts,
    field_facts,
    prompt_facts,
    recommendation_facts,
)

__all__ = [
    "LANGUAGES",
    "SIGNALS",
    "Detection",
    "conversation_facts",
    "detect",
    "field_facts",
    "language_of",
    "prompt_facts",
    "recommendation_facts",
]
