"""`python -m coachbot` is the same as `coachbot`."""

from coachbot.cli import main

main()
