"""What people call the letters: the thing that they are about, what happened, and who reads them."""

from functools import lru_cache
from typing import Any

from ecrm.i18n import lazy_gettext as _l
from ecrm.letters.rendering import FOLDER, path_of
from ecrm.models import TABLES
from ecrm.models.account import RoleName

EVENTS = {  # what is told without a verb of a lifecycle
    "received": _l("Received"), "reply": _l("Reply"), "near": _l("80 % used up"), "missed": _l("Missed"), "ending": _l("Ends soon"), "ask": _l("Asked for"), "offer": _l("Offered"), "outage": _l("Outage"), "monthly": _l("Monthly"), "file": _l("Filed"), "covered": _l("Covered"), "plan": _l("Planned"),
}
ACCOUNT = {
    "invite": _l("Invitation"), "invite_customer": _l("Invitation of a customer"), "welcome": _l("Welcome"), "welcome_existing": _l("Registered a second time"),
    "confirmation_instructions": _l("Verify the e-mail address"), "change_email_instructions": _l("Verify the new e-mail address"),
    "reset_instructions": _l("Choose a new password"), "reset_notice": _l("Password was chosen anew"), "change_notice": _l("Password was changed"),
    "two_factor_rescue": _l("Help with two-factor login"), "two_factor_notice": _l("Two-factor login was changed"),
    "email_notice": _l("E-mail address was changed"),
}
APPLICANT = _l("Applicant")


@lru_cache
def templates() -> tuple[str, ...]:
    """Return the templates of all letters."""
    return tuple(sorted(f"{file.parent.name}_{file.stem}" for file in FOLDER.glob("*/*.txt") if file.stem != "rows"))


def name(template: str) -> str:
    """Return what people call a letter, such as “Complaint: Assign → Technician”; the template's own name where there is none."""
    folder, _slash, rest = path_of(template).removesuffix(".txt").partition("/")
    if rest in ACCOUNT:
        return str(ACCOUNT[rest])
    event, _underscore, reader = rest.rpartition("_")
    model, said = TABLES.get(folder), _event(folder, event)
    if model is None or said is None:
        return template
    return f"{model.__label__}: {said} → {RoleName(reader).label if reader in list(RoleName) else APPLICANT}"


def _event(table: str, word: str) -> Any:
    verbs = getattr(TABLES.get(table), "__lifecycle__", None)
    return verbs.by_name[word].label if verbs and word in verbs.by_name else EVENTS.get(word)
