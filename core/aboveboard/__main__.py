"""`python -m aboveboard` is `aboveboard`."""

from aboveboard.cli import main

main()
