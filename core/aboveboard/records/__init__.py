"""Decisions on record: each a JSON line, written before its verdict is given, read by replay and audits."""
