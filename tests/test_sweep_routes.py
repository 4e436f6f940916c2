"""Every address of the application is accounted for: who may come in, and no POST without the anti-forgery token."""

import pytest

from itsdangerous import URLSafeTimedSerializer

from ecrm import policy, rows
from ecrm.admin.guard import NEEDS
from ecrm.models import Role, User, Visit
from ecrm.models.account import STAFF, RoleName
from ecrm.reports import recaps
from tests.conftest import ONE_DATABASE
from tests.sweep import SCREEN_OF, fields_of, nothing_written, refused
from tests.world import PASSWORD, email, one

# Addresses that anybody may open. What is personal behind them is the business of the portal's own tests.
PUBLIC = {"portal.landing", "portal.promos", "portal.promo", "portal.help_list", "portal.help_page", "portal.help_suggest",
          "portal.registered", "portal.language", "health.alive", "health.ready",
          "portal.message_in",  # whoever has the gateway's key
          "offline.manifest", "offline.worker", "offline.page"}
DOORS = {"staff.index", "staff.go"}
VALUES = {"export_type": "csv", "table": "complaint", "id": "1", "row_id": "1", "number": "KL-202601-000001", "verb": "confirm",
          "attachment_id": "1", "page_id": "1", "code": "HEMAT", "token": "x", "kind": "complaints", "format": "csv", "filename": "x", "session_id": "1",
          "site": "technician", "language": "id"}
SITES = {role.value: role for role in STAFF}


def rules(app, prefix=""):
    """Return (rule, address) of every address that serves no static file."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] != "static" and rule.rule.startswith(prefix):
            missing = rule.arguments - set(VALUES)
            assert not missing, f"{rule.rule}: give tests/test_sweep_routes.py a value for {missing}"
            with app.test_request_context():
                found.append((rule, app.url_map.bind("localhost").build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})))
    return found


@pytest.fixture(scope="module")
def fresh(make_app):
    """An application to look at."""
    return make_app()


def weeks():
    """Return the names of the roles that see every visit: they see the week of the technicians."""
    return {role.value for role in STAFF if (grant := policy.grant(Visit, role)) and grant.rows is rows.everything}


def test_every_address_is_accounted_for(fresh):
    """A new address is public by the list above, the portal's, Flask-Security's, or a screen's with what it needs."""
    for rule, _address in rules(fresh):
        group, _dot, name = rule.endpoint.rpartition(".")
        if rule.endpoint in PUBLIC | DOORS or group in ("portal", "security", "api"):
            continue
        role, _underscore, table = group.partition("_")
        if group.startswith("admin_"):
            assert name in ("index", "find", "day", "kept"), f"{rule.endpoint}: a new page of ecrm/admin/site.py needs a line in {__file__}"
            continue
        if role in SITES and table == "recaps":
            assert recaps.of(SITES[role]), f"{rule.endpoint}: the role may export nothing that a recap is about"
            continue
        if role in SITES and table == "week":
            assert role in weeks(), f"{rule.endpoint}: the role may not see the visits of all technicians"
            continue
        assert role in SITES, f"{rule.endpoint}: name it in PUBLIC of {__file__}, or put it behind a screen or the portal"
        model = next((model for model in policy.POLICY if model.__tablename__ == table), None)
        assert model is not None and policy.grant(model, SITES[role]), f"{rule.endpoint} has no entry in ecrm/policy.py"
        known = NEEDS | SCREEN_OF[model].extra_needs
        assert name in known or name == "ajax_update", f"{rule.endpoint}: say in extra_needs of its screen what it needs"


def test_each_granted_table_has_its_site(fresh):
    """Where the policy grants, there is a screen; where it does not, there is no address at all."""
    found = {rule.endpoint.partition(".")[0] for rule, _address in rules(fresh, "/admin/")}
    wanted = {f"{role.value}_{model.__tablename__}" for model in policy.POLICY for role in STAFF if policy.grant(model, role)}
    wanted |= {f"{role.value}_recaps" for role in STAFF if recaps.of(role)} | {f"{name}_week" for name in weeks()}
    assert {name for name in found if not name.startswith("admin_")} - {"staff"} == wanted


@ONE_DATABASE
def test_nobody_is_sent_to_the_login(app, browser):
    """Without a login every address of the staff leads to the login page, and tells nothing."""
    with nothing_written(app, "reading without a login"):
        for rule, address in rules(app, "/admin"):
            for method in sorted(rule.methods & {"GET", "POST"}):
                person = browser()
                answer = person.get(address) if method == "GET" else person.send(address)
                assert answer.status_code == 302, f"{method} {address}: {answer.status_code}"
                assert answer.location.startswith("/login"), f"{method} {address}: {answer.location}"


@ONE_DATABASE
@pytest.mark.parametrize("role", list(RoleName), ids=lambda role: role.value)
def test_a_role_stays_on_its_site(app, browser, role):
    """A customer has no staff site, and a member of staff no site but their own.

    Each tries a part of the addresses, so that each meets one who has another role; nobody, above, tries them all.
    What is posted is tried on one of the other sites.
    """
    person, beside = browser(role.value), STAFF[(STAFF.index(role) + 1) % len(STAFF) if role in STAFF else 0]
    with nothing_written(app, f"the {role.value} on other sites"):
        for place, (rule, address) in enumerate(rules(app, "/admin")):
            if address.startswith(f"/admin/{role.value}/") or (rule.endpoint in DOORS and role in STAFF) or (place + list(RoleName).index(role)) % len(RoleName):
                continue
            for method in sorted(rule.methods & ({"GET", "POST"} if address.startswith(f"/admin/{beside.value}/") or rule.methods.isdisjoint({"GET"}) else {"GET"})):
                answer = person.get(address) if method == "GET" else person.send(address)
                refused(app, answer, f"{method} {address} as {role.value}", *((403, 404) if rule.endpoint in DOORS else (403,)))


@ONE_DATABASE
@pytest.mark.parametrize("role", [*RoleName, None], ids=lambda role: role.value if role else "nobody")
def test_no_post_without_a_token(app, browser, role):
    """Each POST is refused without the token, and every fourth is tried with that of another session; the portal may show the page again.

    Nobody tries all addresses, everybody else every second of those that are theirs: elsewhere the role alone is a reason to be refused.
    """
    person = browser(role and role.value)
    foreign = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("1" * 40)
    with nothing_written(app, "POST without a token"):
        for place, (rule, address) in enumerate(rules(app)):
            elsewhere = role and address.startswith("/admin/") and not address.startswith(f"/admin/{role.value}/")
            if "POST" in rule.methods and not elsewhere and (role is None or place % 2):
                for data in ({}, {"csrf_token": foreign})[:1 + (place % 4 == 1)]:
                    answer = person.post(address, data=data)
                    gentle = rule.endpoint.startswith(("portal.", "security.", "api."))
                    refused(app, answer, f"POST {address} as {role} with {data}", *((302, 400, 401, 404) if gentle else (400,)))


@ONE_DATABASE
def test_no_login_without_a_token(app, browser):
    """Nobody can log another person's browser in from elsewhere, nor out."""
    person = browser()
    person.post("/login", data={"email": email("support"), "password": PASSWORD})
    assert person.get("/admin/support/").status_code == 302
    person = browser("support")
    person.post("/logout")
    assert person.get("/admin/support/").status_code == 200


@ONE_DATABASE
def test_taken_from_a_person_it_is_gone_at_once(app, browser):
    """A role taken away, or a deactivated account, ends what an open browser may do with its next click: it logs in again."""
    person, boss = browser("support"), browser("administrator")
    assert person.get("/admin/support/complaint/").status_code == 200
    _save(app, boss, "support", roles=[RoleName.SALES])
    assert person.get("/admin/support/complaint/").status_code == 302
    person.become("support")
    assert person.get("/admin/support/complaint/").status_code == 403
    assert person.get("/admin/sales/installation/").status_code == 200
    _save(app, boss, "support", roles=[RoleName.SALES], active=False)
    for address in ("/admin/sales/installation/", "/admin/support/complaint/", "/admin/"):
        answer = person.get(address)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")


def _save(app, boss, person, roles, active=True):
    with app.app_context():
        number = one(User, email=email(person)).id
        ids = [one(Role, name=role.value).id for role in roles]
    url = f"/admin/administrator/user/edit/?id={number}"
    typed = fields_of(boss.get(url)) | {"roles": ids}
    typed.pop("active", None)
    answer = boss.send(url, typed | ({"active": "y"} if active else {}))
    assert answer.status_code == 302, answer.get_data(as_text=True)
