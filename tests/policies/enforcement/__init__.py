"""Decisions of authorities, as events: what the rules say of each, and of its lawful twin.

`cases.json` holds the decisions, `cases` reads them, `change` says what one event changes of another.
"""
