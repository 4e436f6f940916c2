"""Paths that climb: no address serves a file that is not meant for it."""

import pytest
from tests.conftest import ONE_DATABASE

pytestmark = ONE_DATABASE

CLIMBS = ("../setup.cfg", "..%2fsetup.cfg", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd", "..\\..\\etc\\passwd", "/etc/passwd", "..%5c..%5cetc%5cpasswd",
          "%00/etc/passwd", "../../../../../../etc/passwd", "..%252f..%252fetc%252fpasswd", "portal/../../config.py", ".git/config", "..;/config.py", "file:///etc/passwd")
PLACES = ("/static/{}", "/attachments/{}", "/promos/{}", "/complaints/{}", "/go/{}/1", "/reset/{}", "/confirm/{}", "/admin/support/promo/picture/{}",
          "/admin/support/complaint/export/{}/", "/admin/support/recaps/complaints/{}/", "/admin/support/static/{}")


@pytest.mark.parametrize("place", PLACES)
def test_no_way_up(app, browser, place):
    """For nobody, a customer and the staff."""
    for who in (None, "customer", "support"):
        person = browser(who)
        for climb in CLIMBS:
            answer = person.get(place.format(climb), follow_redirects=False)
            assert answer.status_code in (302, 308, 400, 403, 404, 405), f"{place.format(climb)}: {answer.status_code}"
            assert b"root:" not in answer.data and b"[metadata]" not in answer.data and b"SECRET" not in answer.data


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/instance/config.py", "/ecrm.db", "/static/", "/config.py", "/server-status", "/console", "/.well-known/x"])
def test_nothing_of_the_workshop(browser, path):
    """No listing, no source, no debugger."""
    assert browser().get(path).status_code == 404


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND"])
def test_methods_that_nobody_needs(browser, method):
    """Refused everywhere."""
    for path in ("/", "/login", "/admin/support/complaint/", "/complaints/new"):
        assert browser("support").open(path, method=method).status_code in (400, 404, 405)
