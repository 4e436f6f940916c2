"""Where we can connect people: visitors look for their area by its branch, or by whatever they write of their address."""

from typing import Any

from flask import render_template, request
from sqlalchemy import Select
from sqlalchemy.orm import contains_eager

from ecrm.checks import whole
from ecrm.models import Branch, CoverageArea
from ecrm.models.branch import Coverage
from ecrm.portal import people
from ecrm.portal.blueprint import blueprint
from ecrm.rules.coverage import nearest

MOST = 12  # areas that one answer names
LONGEST = 200  # characters that are looked at
CARRIED = ("plan", "promo")  # what a visitor chose before, on the way to the application


@blueprint.get("/coverage")
def coverage() -> Any:
    """The areas that the visitor may mean, each with the way on."""
    text, branch = request.args.get("q", "").strip()[:LONGEST], whole(request.args.get("branch"))
    found = nearest(text, people.rows(areas(branch))) if text else people.rows(areas(branch)) if branch else []
    branches = people.rows(people.see(Branch).where(Branch.active.is_(True)).order_by(Branch.city, Branch.name))
    carried = {name: request.args[name][:20] for name in CARRIED if request.args.get(name)}
    return render_template("portal/coverage.html", text=text, branch=branch, branches=branches, asked=bool(text or branch),
                           areas=found[:MOST] if text else found, covered=Coverage.COVERED, carried=carried)


def areas(branch: int | None = None) -> Select[Any]:
    """Return the SELECT of the areas of active branches, or of one of them, by name."""
    query = people.see(CoverageArea).join(CoverageArea.branch).options(contains_eager(CoverageArea.branch)).where(Branch.active.is_(True))
    return (query.where(Branch.id == branch) if branch else query).order_by(CoverageArea.name, CoverageArea.id)
