"""Google Gemini, governed: `client = aboveboard_gemini.wrap(genai.Client(), purpose=…)`.

For the SDK google-genai (extra `aboveboard[gemini]`), against the Gemini API or Vertex AI, blocking and
async. What goes into a model and what comes out is judged; what nobody can judge is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.lazily import lazily

if TYPE_CHECKING:
    from aboveboard_gemini.client import wrap
    from aboveboard_gemini.recorded import events

__all__ = ["events", "wrap"]

__getattr__ = lazily(__name__, {"events": "recorded", "wrap": "client"})
