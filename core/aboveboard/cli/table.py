"""The built-in commands: where each is, and its line in `aboveboard --help`.

The lines stand here so that `--help` imports no command; a test compares them with the commands.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["COMMANDS"]

COMMANDS = MappingProxyType(
    {
        "demo": (
            "aboveboard.cli.demo:demo",
            "Run a sample sales pipeline and show what is stopped, and why.",
        ),
        "check": (
            "aboveboard.cli.check:check",
            "Decide on recorded events; nothing is run.",
        ),
        "explain": (
            "aboveboard.cli.explain:explain",
            "Explain one recorded decision to who has to understand it.",
        ),
        "event": (
            "aboveboard.cli.event:event",
            "Print an event to try the policies on.",
        ),
        "fairness": (
            "aboveboard.cli.fairness:fairness",
            "Check a table of outcomes for groups that fare worse.",
        ),
        "schema": (
            "aboveboard.cli.schema:schema",
            "Print a JSON Schema of events, the organisation's file and others.",
        ),
        "policies": (
            "aboveboard.cli.policies:policies",
            "Check, test, list and explain policies; write them as a book.",
        ),
        "replay": (
            "aboveboard.cli.replay:replay",
            "Show what changed policies would have decided.",
        ),
        "bundle": (
            "aboveboard.cli.bundle:bundle",
            "Build, sign, verify and compare the bundles that OPA servers load.",
        ),
        "refusals": (
            "aboveboard.cli.refusals:refusals",
            "Show and record what people refused; list duties and tick them off.",
        ),
        "record": (
            "aboveboard.cli.record:record",
            "Look at records, forget a person, remove what is too old.",
        ),
        "plugins": (
            "aboveboard.cli.plugins:plugins",
            "List installed plugins and what became of them.",
        ),
        "init": (
            "aboveboard.cli.init:init",
            "Write settings, organisation, a policy and an event to start from.",
        ),
    }
)
"""Name → (`module:attribute`, short help), in the order of `--help`."""
