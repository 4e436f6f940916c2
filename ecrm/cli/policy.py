"""`flask policy`: who may do what, as a table; the same table stands in docs/policy.md."""

from typing import Any

import click
from flask.cli import with_appcontext

from ecrm import policy as table
from ecrm.models import MODELS
from ecrm.models.account import RoleName
from ecrm.policy import Grant, Right

LETTERS = {Right.READ: "R", Right.CREATE: "C", Right.EDIT: "E", Right.DELETE: "D", Right.EXPORT: "X"}
MEANING = "R read · C create · E edit · D delete · X export · – nothing"
PREFACE = f"""# Who may do what

Made from `ecrm/policy.py` by `flask --app ecrm policy --markdown`; a test holds it current. {MEANING}

The customer works in the portal, everybody else on the staff site of their role. What a cell does not name does not exist
for the role: rows outside its scope answer as rows that do not exist, hidden columns are on no page, in no search, filter or export.
"""


def rights(grant: Grant | None) -> str:
    """Return the letters of the rights of a grant."""
    return "".join(letter for right, letter in LETTERS.items() if grant and right in grant.may) or "–"


def matrix() -> list[list[str]]:
    """Return the rows of the table: a table's name, and its rights for each role."""
    return [[model.__tablename__, *(rights(table.grant(model, role)) for role in RoleName)] for model in MODELS]


def details() -> list[list[str]]:
    """Return table, role, rows, hidden columns and verbs of each grant that says more than its rights."""
    found = []
    for model in MODELS:
        for role in RoleName:
            grant = table.grant(model, role)
            if grant and (grant.hidden or grant.verbs or grant.rows is not table.rows.everything):
                found.append([model.__tablename__, role.value, _scope(grant), _names(grant.hidden), _names(grant.verbs)])
    return found


def _scope(grant: Grant) -> str:
    return (grant.rows.__doc__ or "").strip().rstrip(".")


def _names(names: Any) -> str:
    return ", ".join(sorted(names)) or "–"


def markdown() -> str:
    """Return what stands in docs/policy.md."""
    parts = [PREFACE, _table(["table", *(role.value for role in RoleName)], matrix()), "\n## Rows, hidden columns and verbs\n\n"]
    parts += ["A verb is a move of the table's lifecycle, or a deed of its screen. Secret columns (password, keys, tokens,\n"
              "contents of letters) are hidden from everybody and are not named here.\n\n"]
    return "\n".join(parts[:2]) + "".join(parts[2:]) + _table(["table", "role", "rows", "hidden columns", "verbs"], details())


def _table(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines]) + "\n"


def _columns(head: list[str], lines: list[list[str]]) -> str:
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [head, *lines])


@click.command()
@click.option("--markdown", "as_markdown", is_flag=True, help="Print what stands in docs/policy.md.")
@with_appcontext
def policy(as_markdown: bool) -> None:
    """Print who may do what: table by role, then rows, hidden columns and verbs."""
    if as_markdown:
        click.echo(markdown(), nl=False)
        return
    click.echo(_columns(["table", *(role.value for role in RoleName)], matrix()))
    click.echo(f"\n{MEANING}\n")
    click.echo(_columns(["table", "role", "rows", "hidden columns", "verbs"], details()))


COMMANDS = (policy,)
