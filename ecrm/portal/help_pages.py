"""Help pages: what customers can try themselves, suggested while they write a complaint."""

from typing import Any

from flask import jsonify, render_template, request, session, url_for

from ecrm.extensions import db
from ecrm.i18n import gettext as _
from ecrm.models import HelpPage
from ecrm.portal import drafts, people
from ecrm.portal.blueprint import blueprint
from ecrm.rules import knowledge

SOLVED = "help_solved"  # where the session keeps the pages that it has thanked for
LONGEST = 1000  # characters that are looked at
NUMBER = "int(max=2147483647):page_id"


@blueprint.get("/help")
def help_list() -> Any:
    """All help pages."""
    return render_template("portal/help_list.html", pages=published())


@blueprint.get("/help/suggest")
def help_suggest() -> Any:
    """Return the pages that fit what is being written, as JSON."""
    category = request.args.get("category", "")
    number = int(category) if category.isdecimal() and len(category) < 10 else None
    found = knowledge.suggested(published(), request.args.get("words", "")[:LONGEST], number)
    return jsonify(pages=[{"title": str(row), "url": url_for("portal.help_page", page_id=row.id)} for row in found])


@blueprint.get(f"/help/<{NUMBER}>")
def help_page(page_id: int) -> Any:
    """One help page."""
    row = fetch(page_id)
    return render_template("portal/help.html", help=row, thanked=page_id in session.get(SOLVED, []))


@blueprint.post(f"/help/<{NUMBER}>/solved")
@people.customers_only
def help_solved(page_id: int) -> Any:
    """Count that a page solved it, once for each login."""
    row, done = fetch(page_id, lock=True), session.get(SOLVED, [])
    if page_id not in done:
        row.helped += 1
        db.session.commit()
        session[SOLVED] = [*done, page_id]
    return render_template("portal/help.html", help=fetch(page_id), thanked=True, said=_("We are glad that it works again."))


def published() -> list[HelpPage]:
    """Return the pages that customers may read."""
    return people.rows(people.see(HelpPage).order_by(HelpPage.id))


def fetch(page_id: int, lock: bool = False) -> HelpPage:
    """Return a published page, locked until the commit if asked, or answer 404."""
    query = people.see(HelpPage).where(HelpPage.id == page_id)
    row: HelpPage = people.one_or_404(query.with_for_update() if lock else query)
    return row


@drafts.keeps("portal.help_solved")
def solved_filled(_fields: drafts.Draft, page_id: int) -> Any:
    """Return the page."""
    return help_page(page_id)
