"""`python -m darkhorse_engine`: the commands."""

from darkhorse_engine.cli import main

main()
