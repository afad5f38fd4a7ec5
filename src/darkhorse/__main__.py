"""`python -m darkhorse`."""

from darkhorse.cli import main

main()
