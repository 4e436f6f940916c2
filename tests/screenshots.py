"""Renews the README's pictures: a demo company in a temporary folder, and a page of each role in Chromium."""

import os
import shutil
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright

from ecrm import create_app
from ecrm.cli.filling import fill_empty
from ecrm.seeds.accounts import DEMO_LOGINS
from tests.chromium import ARGUMENTS, DESKTOP, PHONE, serving
from tests.settings import SECRETS

ROOT = Path(__file__).parent.parent
PICTURES = {"customer": PHONE, "support": DESKTOP, "technician": PHONE, "sales": DESKTOP, "manager": DESKTOP, "administrator": DESKTOP}
PAGES = {
    "customer": "/home", "support": "/admin/support/complaint/", "technician": "/admin/technician/",
    "sales": "/admin/sales/installation/", "manager": "/admin/manager/", "administrator": "/admin/administrator/user/",
}


def main() -> None:
    """Make the company, take the pictures, forget the company."""
    with tempfile.TemporaryDirectory(prefix="ecrm-pictures-") as folder:
        os.environ["ECRM_INSTANCE"] = folder
        app = create_app(SECRETS)
        with app.app_context():
            upgrade()
            fill_empty()
        with serving(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            for role, login, password in DEMO_LOGINS:
                picture(browser, address, role.value, login, password)
            browser.close()


def picture(browser: Browser, address: str, role: str, login: str, password: str) -> None:
    """Log in as `login` and write docs/screenshots/<role>.png."""
    context = browser.new_context(base_url=address, viewport=PICTURES[role], locale="id-ID")
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=email]", login)
    page.fill("[name=password]", password)
    page.click("main form [type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(PAGES[role])
    page.screenshot(path=ROOT / "docs" / "screenshots" / f"{role}.png")
    context.close()


if __name__ == "__main__":
    main()
