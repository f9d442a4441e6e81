"""`python -m exchange` is `wdx`."""

from exchange.cli import main

main()
