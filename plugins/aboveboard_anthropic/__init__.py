"""Anthropic, governed: `client = aboveboard_anthropic.wrap(client, purpose=…)` (extra `aboveboard[anthropic]`)."""

from __future__ import annotations
