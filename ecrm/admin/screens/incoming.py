"""The screen of what came in by mail and message: what the rules did not file waits here for support."""

import re
from typing import Any

from flask_login import current_user
from wtforms import StringField, validators

from ecrm import policy, search
from ecrm.admin import cells
from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import COMPLAINTS
from ecrm.channels import filing
from ecrm.checks import REQUIRED
from ecrm.extensions import db
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Complaint, Customer, IncomingMessage
from ecrm.models.base import now
from ecrm.rules.errors import FieldRefused
from ecrm.rules.incoming import customers_of, numbers_in
from ecrm.rules.phone import e164

TYPED = {  # what is asked for by its number: there are too many rows for a drop-down list
    "customer": (Customer, _l("Customer number, telephone or e-mail"), _l("There is no such customer, or several have it: type the customer number.")),
    "complaint": (Complaint, _l("Complaint number"), _l("There is no complaint with this number.")),
}


NUMBER = re.compile(r"\bPLG-\d{1,9}\b", re.IGNORECASE)
GLANCE = 80  # letters of a message in the list


def _beginning(_view: Any, _context: Any, row: Any, _name: str) -> Any:
    """Return the subject with the first words under it."""
    return cells.two_lines(row.subject, row.text[:GLANCE])


class IncomingScreen(Screen):
    """Incoming messages: those that wait first."""

    model = IncomingMessage
    group = COMPLAINTS
    columns = ("received_at", "sender", "subject", "why", "customer", "complaint", "status")
    details = ("sender_name", "channel", "text", "files", "sorted_at")
    search = ("sender", "subject")
    filters = ("status", "why", "channel", "received_at")
    sortable = ("received_at",)
    sort = ("received_at", True)
    opens_row = True
    wide = ("subject", "text")
    empty = _l("No messages yet. They come from the mailbox and the gateways of the settings; what no rule can file waits here.")
    column_formatters = {"received_at": cells.short, "customer": cells.customer, "subject": _beginning}

    def _fact_field(self, name: str, needed: bool) -> Any:
        """Ask for customers and complaints by what somebody would type."""
        if name not in TYPED:
            return super()._fact_field(name, needed)
        return StringField(TYPED[name][1], [validators.InputRequired(REQUIRED), validators.Length(max=100)])

    def _facts_form(self, verb: Any, row: Any, data: Any = None) -> Any:
        """Fill in what the message itself says: the number that it names, the customer whose address or telephone it is."""
        form = super()._facts_form(verb, row, data)
        if data is None and "complaint" in form._fields:
            form.complaint.data = next(iter(numbers_in(f"{row.subject} {row.text}")), "")
        if data is None and "customer" in form._fields:
            found = [one.number for one in db.session.scalars(customers_of(row.sender).where(policy.scope(Customer, self.role, current_user)))]
            form.customer.data = next(iter(NUMBER.findall(f"{row.subject} {row.text}") or (found if len(found) == 1 else [])), "")
        return form

    def _fact(self, name: str, value: Any) -> Any:
        """Return a fact, what was typed as the row that it means. Raises FieldRefused where it means none."""
        return self._meant(name, value) if name in TYPED else super()._fact(name, value)

    def _meant(self, name: str, typed: str) -> Any:
        model, _label, refusal = TYPED[name]
        typed = (typed or "").replace("\0", "").strip()
        ids = search.numbered(db.session(), model, typed, self.role, current_user)
        if not ids and model is Customer:
            ids = [row.id for row in db.session.scalars(customers_of(typed if "@" in typed else e164(typed) or typed))]
        rows = db.session.scalars(policy.visible(model, self.role, current_user).where(model.id.in_(ids))).all()
        if len(rows) != 1:
            raise FieldRefused(name, refusal)
        return rows[0]

    def _carry_out(self, verb: Any, row: Any, **facts: Any) -> None:
        """File the message, or leave it."""
        filing.carry_out(db.session(), verb.name, row, current_user._get_current_object(), now(), **facts)
        db.session.commit()
