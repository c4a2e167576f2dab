"""Google Gemini, governed: `client = aboveboard_gemini.wrap(client, purpose=…)` (extra `aboveboard[gemini]`)."""

from __future__ import annotations
