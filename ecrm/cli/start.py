"""`flask start`."""

import click


@click.command()
def start() -> None:
    """To be written."""
