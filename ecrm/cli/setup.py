"""`flask setup`."""

import click


@click.command()
def setup() -> None:
    """To be written."""
