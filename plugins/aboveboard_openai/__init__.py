"""OpenAI, governed: `client = aboveboard_openai.wrap(client, purpose=…)` (extra `aboveboard[openai]`)."""

from __future__ import annotations
