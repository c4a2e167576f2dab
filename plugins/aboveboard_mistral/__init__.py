"""Mistral, governed: `client = aboveboard_mistral.wrap(client, purpose=…)` (extra `aboveboard[mistral]`)."""

from __future__ import annotations
