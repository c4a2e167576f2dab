"""The command line. Each command is a module of its own, imported when it is asked for."""

from __future__ import annotations

from aboveboard.cli.group import cli, main

__all__ = ["cli", "main"]
