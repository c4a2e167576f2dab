"""Recorded decisions: one JSON object a line."""
