"""LiteLLM, governed: `client = aboveboard_litellm.wrap(client, purpose=…)` (extra `aboveboard[litellm]`)."""

from __future__ import annotations
