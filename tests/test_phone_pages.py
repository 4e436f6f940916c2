"""At 390×844 no page scrolls sideways, and on the technician's pages and in the portal whatever is pressed fits a thumb."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func

from ecrm import policy
from ecrm.admin.guard import NEEDS
from ecrm.extensions import db
from ecrm.models import MODELS, Complaint, Customer, Installation, PdpRequest, Promo
from ecrm.models.account import STAFF, RoleName
from ecrm.models.base import now
from ecrm.models.pdp_request import PdpKind, PdpStatus
from ecrm.rules import pdp_request
from tests.browsing import come_in, street, town  # noqa: F401 - fixtures
from tests.chromium import PHONE
from tests.sweep import WIDEST, cell_of
from tests.walk import to_read

# What answers with something else than a page, or only with a redirect.
NO_PAGE = {"copy_view", "data_file", "export", "ajax_lookup", "file_view", "picture_view", "kept", "find", "manifest", "worker", "attachment", "promo_picture",
           "paper_view", "speeds_view", "static", "go", "start", "logout", "picture"}
LONG = "Sambungan-internet-terputus-berkali-kali-di-lantai-dua-sejak-pemasangan-router-baru"  # one word, wider than a phone

# Returns what makes a page wider than the window, and what can be pressed but is smaller than 44 × 44 pixels. As in WCAG 2.5.8 a link
# within running text is exempt; a box or a radio button is as large as the label that belongs to it.
MEASURE = """(thumb) => {
  const root = document.documentElement, name = (one) => `<${one.tagName.toLowerCase()} id="${one.id}" class="${one.className}">`
    + one.textContent.trim().slice(0, 30);
  const wide = root.scrollWidth > root.clientWidth ? [...document.body.querySelectorAll("*")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.right > root.clientWidth + 1 && !one.closest(".sr-only, .skip, .skip-link");
  }).slice(-4).map(name) : [];
  const size = (one) => {
    const boxes = [one, ...(one.matches("[type=checkbox], [type=radio]") ? one.labels : [])].map((part) => part.getBoundingClientRect());
    return [Math.max(...boxes.map((box) => box.width)), Math.max(...boxes.map((box) => box.height))];
  };
  const inText = (one) => one.tagName === "A" && getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim().length > one.textContent.trim().length;
  const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary, label.btn, label:has(input)";
  const small = thumb ? [...document.querySelectorAll(pressed)].filter((one) => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (!one.checkVisibility({visibilityProperty: true}) || box.right <= 0 || style.pointerEvents === "none" || one.disabled) return false;
    return !inText(one) && size(one).some((side) => side < 43.9);
  }).map((one) => `${size(one).map(Math.round).join("×")} ${name(one)}`) : [];
  return {wide: root.scrollWidth > root.clientWidth ? `${root.scrollWidth} px: ${wide.join(" | ")}` : "", small};
}"""
UNFOLD = """() => {
  document.querySelectorAll("#menu-toggle, #filters-toggle").forEach((one) => { if (!one.checked) one.click(); });
  document.querySelectorAll("details").forEach((one) => { one.removeAttribute("name"); one.open = true; });
}"""


@dataclass(frozen=True)
class Reader:
    """A person, and whether what they press has to fit a thumb."""

    name: str | None
    thumb: bool


READERS = [*(Reader(role.value, role is RoleName.TECHNICIAN) for role in STAFF), Reader("customer", True), Reader(None, True)]


@pytest.fixture(scope="module")
def crowded(town):  # noqa: F811
    """The little company with words that are wider than a phone, and all its complaints long overdue."""
    with town.app_context():
        for column in (Complaint.subject, Customer.name, Customer.address, Installation.address, Installation.applicant_name, Promo.title):
            db.session.execute(column.class_.__table__.update().values({column.key: func.substr(LONG, 1, column.type.length)}))
        long_ago = now() - timedelta(days=400)
        db.session.execute(Complaint.__table__.update().values(clock_due_at=long_ago, clock_warn_at=long_ago))
        asked = PdpRequest(customer=db.session.query(Customer).filter_by(number="PLG-000003").one(), kind=PdpKind.DELETION)
        pdp_request.file(db.session, asked, now(), None)
        db.session.commit()
    return town


def sample(app, role, endpoint):
    """Return the query that opens a row's page, None where there is no such row, or no such page for the role."""
    group, _dot, view = endpoint.rpartition(".")
    model = next((model for model in MODELS if group == f"{role}_{model.__tablename__}"), None)
    if model is not None and role != RoleName.TECHNICIAN.value and (RoleName(role), model) not in WIDEST:
        return None  # the same screen is looked at with another role; technicians have nothing but a phone
    if model is None or view == "index_view":
        return ""
    if view == "erase_view":
        with app.app_context():
            asked = db.session.query(PdpRequest).filter_by(kind=PdpKind.DELETION, status=PdpStatus.RECEIVED).first()
        return f"?id={asked.id}" if asked and policy.may_move(RoleName(role), PdpRequest, "erase") else None
    cell = cell_of(app, RoleName(role), model)
    if not {"create_view": cell.view.can_create, "edit_view": cell.view.can_edit}.get(view, True):
        return None
    needed = (NEEDS | cell.view.extra_needs).get(view)
    if needed is not None and not needed & cell.grant.may:
        return None
    return "" if view == "create_view" else f"?id={cell.inside[0]}" if cell.inside else None


def addresses(app, reader):
    """Yield the address of each page that a GET may show to a reader: their site, the portal, the account pages, and errors."""
    with app.app_context():
        number = db.session.query(Complaint.number).join(Customer).filter(Customer.number == "PLG-000001").first()[0]
    values = {"number": number, "code": "HEMAT", "kind": "complaints", "site": "technician", "language": "id"}
    values |= {"token": "x"} if reader.name is None else {}  # a link of a letter ends the session of whoever is logged in
    staff = reader.name in [role.value for role in STAFF]
    for rule in app.url_map.iter_rules():
        group, _dot, view = rule.endpoint.rpartition(".")
        theirs = rule.rule.startswith(f"/admin/{reader.name}/") if rule.rule.startswith("/admin/") else not staff or group == "security"
        if "GET" not in rule.methods or view in NO_PAGE or not theirs or rule.arguments - set(values):
            continue
        query = sample(app, reader.name, rule.endpoint)
        if query is not None:
            yield app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments}) + query
    yield from ("/no-such-page", "/admin/")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name or "nobody")
def test_pages_fit_a_phone(crowded, street, chromium, reader):  # noqa: F811
    """Each page of who works on a phone, and of the others those that are made of other pieces; folds closed and then open."""
    context = chromium.new_context(base_url=street, viewport=PHONE, locale="id-ID", has_touch=True, service_workers="block")
    if reader.name:
        come_in(context, crowded, reader.name, street)
    page, wrong, seen, session = context.new_page(), [], 0, context.cookies()
    there = list(addresses(crowded, reader))
    assert len(there) > 10
    if not reader.thumb:  # at a desk: pages that have together every piece of all
        client = crowded.test_client().become(reader.name)
        there = list(to_read({address: client.get(address).text for address in there}, set()))
    for address in there:
        context.add_cookies(session)  # some of the account pages end a session that is not theirs
        answer = page.goto(address, wait_until="domcontentloaded")
        assert not address.startswith(f"/admin/{reader.name}/") or (answer.status, "/login" in page.url) == (200, False), page.url
        seen += 1
        for folds in ("closed", "open"):
            found = page.evaluate(MEASURE, reader.thumb)
            if found["wide"]:
                wrong.append(f"{address} (folds {folds}) is {found['wide']}")
            wrong += [f"{address} (folds {folds}) has {one}" for one in found["small"]]
            page.evaluate(UNFOLD)
    context.close()
    assert seen and not wrong, "\n".join([f"{seen} pages"] + list(dict.fromkeys(wrong)))
