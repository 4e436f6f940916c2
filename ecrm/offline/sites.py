"""What each installable site is called, where it begins, and which static files its pages without a network need."""

from dataclasses import dataclass
from typing import Any

from ecrm.i18n import lazy_gettext as _l

COLOURS = {"light": "#083f46", "dark": "#06282d", "paper": "#eff4f5"}  # of the bar in both themes, and of the ground


@dataclass(frozen=True)
class Site:
    """An installable site; `worker_scripts` are those of ecrm/static/app/ that its service worker needs."""

    name: Any
    description: Any
    start: str
    template: str
    files: tuple[str, ...]
    worker_scripts: tuple[str, ...]
    foreign: tuple[tuple[str, str], ...] = ()  # name and endpoint of static files that are not ours


SITES = {
    "technician": Site(
        _l("Technician"), _l("Your jobs and visits, also where there is no network."), "admin_technician.index", "offline/technician.html",
        ("tokens.css", "staff/staff.css", "app/app.css", "app/store.js", "app/outbox.js", "app/photo.js",
         "app/field.js", "app/offline.js", "portal/mark.svg"), ("store", "outbox"),
        (("bootstrap/bootstrap4/css/bootstrap.min.css", "admin_technician.static"),),
    ),
    "customer": Site(
        _l("Customer"), _l("Report a problem and follow it."), "portal.home", "offline/customer.html",
        ("vendor/bootstrap5/bootstrap.min.css", "tokens.css", "portal/portal.css", "app/store.js", "app/waiting.js", "portal/mark.svg",
         "portal/icons.svg"), ("store",),
    ),
}
