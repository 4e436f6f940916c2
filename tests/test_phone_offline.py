"""A technician's phone where there is no network: the day's jobs open, and what is written there arrives once."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ecrm.extensions import db
from ecrm.models import Attachment, Complaint, Reply, User
from ecrm.models.base import now
from ecrm.rules import move
from ecrm.rules.complaint import enter
from tests.browsing import phone, street, town, until  # noqa: F401 - fixtures
from tests.staff import photo, texts_of
from tests.world import email, one

HOME = "/admin/technician/"


@pytest.fixture
def job(town):  # noqa: F811
    """A new job of the technician: id and subject."""
    with town.app_context():
        first = one(Complaint, subject="Lampu LOS merah")
        row = Complaint(customer=first.customer, category=first.category, subscription=first.subscription, description="Sejak pagi.",
                        subject=f"Modem mati {db.session.query(Complaint).count()}")
        enter(db.session, row, now())
        move(row, "assign", one(User, email=email("support")), now(), technician=one(User, email=email("technician")))
        db.session.commit()
        return row.id, row.subject


@pytest.fixture
def technician(phone):  # noqa: F811
    """The technician's phone, which has seen the list once."""
    phone.become("technician")
    return phone


def details(number):
    """Return the address of a job."""
    return f"{HOME}complaint/details/?id={number}"


def see_the_list(phone):
    """Open the list with a network, and wait until the phone keeps it."""
    phone.page.goto(HOME)
    phone.settled()
    until(phone.page, "ecrm.store.get('about', 'kept').then((it) => it && it.jobs.length > 0)")


def write(page, text, button="#save-note"):
    """Write a message and press a button."""
    page.fill("#answer textarea", text)
    page.click(button)


def give(app, job, person):
    """Let a job be another technician's."""
    with app.app_context():
        move(one(Complaint, id=job[0]), "assign", one(User, email=email("support")), now(), technician=one(User, email=email(person)))
        db.session.commit()


def cancel(app, job):
    """Let support cancel a job."""
    with app.app_context():
        move(one(Complaint, id=job[0]), "cancel", one(User, email=email("support")), now(), reason="Dobel")
        db.session.commit()


def test_the_list_opens_without_a_network_and_says_how_old_it_is(technician, job):
    """Also a job that was never opened, with its customer's telephone."""
    see_the_list(technician)
    technician.lose_network()
    page = technician.page
    page.goto(HOME)
    expect(page.locator("#as-of")).to_contain_text("Per")
    expect(page.get_by_text(job[1])).to_be_visible()
    expect(page.locator(".job-main", has_text=job[1])).to_have_attribute("href", details(job[0]))
    page.locator(".job-main", has_text=job[1]).tap()
    page.wait_for_url(f"**{details(job[0])}")
    expect(page.locator("#answer textarea")).to_be_visible()
    assert page.locator("a[href^='tel:+62812']").count() == 1
    technician.find_network()
    expect(page.locator("#conversation")).to_be_visible()  # the real page comes by itself


def test_a_network_that_comes_and_goes_calls_nobody_back(technician, job):
    """Who has tapped on a job gets to it, also where the phone finds a network in that moment."""
    see_the_list(technician)
    technician.lose_network()
    page = technician.page
    page.goto(HOME)
    expect(page.get_by_text(job[1])).to_be_visible()
    page.evaluate("""(url) => {
        document.querySelector(`.job-main[href="${url}"]`).click();
        window.dispatchEvent(new Event("online"));
    }""", details(job[0]))
    page.wait_for_url(f"**{details(job[0])}")
    expect(page.locator("#answer textarea")).to_be_visible()


def test_an_update_is_sent_although_no_page_is_open(technician, town, job):  # noqa: F811
    """The browser itself wakes the worker when there is a network again."""
    see_the_list(technician)
    page, workers = technician.page, []
    page.goto(details(job[0]))
    browser = technician.context.new_cdp_session(page)
    browser.on("ServiceWorker.workerRegistrationUpdated", lambda event: workers.extend(event["registrations"]))
    browser.send("ServiceWorker.enable")
    technician.lose_network()
    write(page, "Tiang sudah berdiri")
    expect(page.locator("#kept-messages [data-state=waiting]")).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.ready.then((it) => it.sync.getTags())") == ["ecrm-outbox"]
    page.goto("about:blank")
    technician.find_network()
    browser.send("ServiceWorker.dispatchSyncEvent", {
        "origin": technician.line.address, "registrationId": workers[-1]["registrationId"], "tag": "ecrm-outbox", "lastChance": False})
    for _look in range(200):
        if texts_of(town, job[0]):
            break
        page.wait_for_timeout(50)
    assert texts_of(town, job[0]) == ["Tiang sudah berdiri"]


def written_offline(technician, job, text):
    """Write a note with a photo on a job's page that was open when the network went away; return the page."""
    see_the_list(technician)
    page = technician.page
    page.goto(details(job[0]))
    technician.lose_network()
    file, name = photo(size=(700, 500))
    page.set_input_files("#files", {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()})
    write(page, text)
    return page


def test_a_refused_update_is_taken_up_again(technician, town, job):  # noqa: F811
    """The job was somebody else's for a while: the words and the photo go back into the form, and arrive once."""
    page = written_offline(technician, job, "Splitter penuh")
    expect(page.locator("[data-state=waiting]")).to_be_visible()
    give(town, job, "technician2")
    technician.find_network()
    refused = page.locator("[data-state=refused]")
    expect(refused).to_contain_text("bukan")
    technician.forgive(404)
    give(town, job, "technician")
    refused.get_by_role("button").first.click()
    expect(refused).to_have_count(0)
    expect(page.locator("#answer textarea")).to_have_value("Splitter penuh")
    expect(page.locator("#answer .chosen li")).to_have_count(1)
    write(page, "Splitter penuh, diganti")
    expect(page.locator("#conversation .message")).to_contain_text("Splitter penuh, diganti")
    assert texts_of(town, job[0]) == ["Splitter penuh, diganti"]
    with town.app_context():
        assert db.session.query(Attachment).filter_by(complaint_id=job[0]).count() == 1


def test_the_cache_has_the_shell_only(technician, job):
    """No page with anything personal ever gets into the cache storage."""
    see_the_list(technician)
    technician.page.goto(details(job[0]))
    kept = technician.page.evaluate("""async () => {
        const found = [];
        for (const name of await caches.keys()) {
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
        }
        return found;
    }""")
    assert kept and all(path.startswith(("/static/", "/admin/technician/static/", "/offline/technician/")) for path in kept), kept


def test_an_update_written_without_a_network_is_sent_once_when_it_is_back(technician, town, job):  # noqa: F811
    """A note with a photo, on the page that was open; its state is to be seen on the job and on the list."""
    page = written_offline(technician, job, "Kabel putus di tiang 4")
    expect(page.locator("#kept-messages [data-state=waiting]")).to_contain_text("Kabel putus di tiang 4")
    page.goto(HOME)
    expect(page.locator(".kept-line[data-state=waiting]")).to_be_visible()
    assert texts_of(town, job[0]) == []
    technician.find_network()
    expect(page.locator(".kept-line[data-state=sent]")).to_be_visible()
    page.goto(details(job[0]))
    expect(page.locator("#conversation .message")).to_contain_text("Kabel putus di tiang 4")
    assert texts_of(town, job[0], public=False) == ["Kabel putus di tiang 4"]
    with town.app_context():
        assert [row.media_type for row in db.session.scalars(select(Attachment).filter_by(complaint_id=job[0]))] == ["image/jpeg"]


def test_a_job_is_started_and_resolved_without_a_network(technician, town, job):  # noqa: F811
    """From the page that the phone draws itself; both moves go out in their order."""
    see_the_list(technician)
    technician.lose_network()
    page = technician.page
    page.goto(details(job[0]))
    page.click("#verb-start button")
    expect(page.locator("#kept-moves [data-state=waiting]")).to_have_count(1)
    page.click("#verb-resolve summary")
    page.fill("#verb-resolve textarea", "Konektor diganti")
    page.click("#verb-resolve button")
    expect(page.locator("#kept-moves [data-state=waiting]")).to_have_count(2)
    technician.find_network()
    expect(page.locator("article[data-status=resolved]")).to_be_visible()
    expect(page.locator("#history")).to_contain_text("Konektor diganti")


@pytest.mark.parametrize("verb", [False, True], ids=["message", "move"])
def test_a_lost_answer_makes_no_duplicate(technician, town, job, verb):  # noqa: F811
    """The server has it, the phone does not know: it sends again, and nothing happens twice."""
    see_the_list(technician)
    page = technician.page
    page.goto(details(job[0]))
    technician.line.loses = True
    if verb:
        page.click("#verb-resolve summary")
        page.fill("#verb-resolve textarea", "Splitter diganti")
        page.click("#verb-resolve button")
    else:
        write(page, "Menunggu suku cadang", "#send-reply")
    expect(page.locator(".kept-update[data-state=waiting]")).to_be_visible()
    technician.line.loses = False
    technician.renew()
    expect(page.locator(".kept-update[data-state=sent]")).to_be_visible()
    with town.app_context():
        assert db.session.query(Reply).filter_by(complaint_id=job[0]).count() == (0 if verb else 1)
        assert one(Complaint, id=job[0]).status.value == ("resolved" if verb else "assigned")


def test_what_the_rules_refuse_is_kept_with_the_reason(technician, town, job):  # noqa: F811
    """Support has cancelled the complaint meanwhile; the words can be thrown away."""
    see_the_list(technician)
    page = technician.page
    page.goto(details(job[0]))
    technician.lose_network()
    write(page, "Sudah saya perbaiki")
    expect(page.locator("[data-state=waiting]")).to_be_visible()
    cancel(town, job)
    technician.find_network()
    expect(page.locator("[data-state=refused]")).to_contain_text("Dibatalkan")
    page.reload()
    refused = page.locator("[data-state=refused]")
    expect(refused).to_contain_text("Sudah saya perbaiki")
    page.once("dialog", lambda dialog: dialog.accept())
    refused.get_by_role("button").last.click()
    expect(refused).to_have_count(0)


def test_after_the_session_has_ended_the_update_waits_for_the_login(technician, town, job):  # noqa: F811
    """The person is asked to log in; after that it is sent."""
    see_the_list(technician)
    page = technician.page
    page.goto(details(job[0]))
    technician.context.clear_cookies()
    write(page, "ONT sudah diganti")
    login = page.locator("[data-state=login]")
    expect(login).to_be_visible()
    assert login.locator("a").get_attribute("href").startswith("/login?next=")
    technician.become("technician")
    page.goto(details(job[0]))
    expect(page.locator(".kept-update[data-state=sent]")).to_be_visible()
    assert texts_of(town, job[0]) == ["ONT sudah diganti"]


def kept(page):
    """Return how many records of each store this device has."""
    return page.evaluate("""async () => {
        const counts = {};
        for (const name of ["about", "updates", "drafts"]) counts[name] = (await ecrm.store.all(name)).length;
        return counts;
    }""")


def test_logging_out_forgets_everything(technician, town, job):  # noqa: F811
    """What was never sent is asked about; the offline page has nothing to show afterwards."""
    see_the_list(technician)
    page, asked = technician.page, []
    page.goto(details(job[0]))
    cancel(town, job)
    write(page, "Belum terkirim")
    expect(page.locator("[data-state=refused]")).to_be_visible()
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click(".person summary")
    page.click("#log-out")
    page.wait_for_url(lambda url: "/admin/" not in url)
    assert len(asked) == 1 and "belum terkirim" in asked[0]
    technician.lose_network()
    page.goto(HOME)
    expect(page.locator("#kept")).to_contain_text("belum menyimpan")
    assert kept(page) == {"about": 0, "updates": 0, "drafts": 0}


def test_another_person_finds_nothing(technician, job):
    """A session that ended, and a colleague who logs in on the same phone: a technician, or anybody else."""
    see_the_list(technician)
    page = technician.page
    for person, address in (("support", "/admin/support/"), ("technician2", HOME)):
        technician.become("technician")
        see_the_list(technician)
        page.evaluate("ecrm.store.put('drafts', {page: 'x', values: []})")
        page.goto("about:blank")  # what the list asks for in the background would be refused to the next person
        technician.become(person)
        page.goto(address)
        until(page, "ecrm.store.all('drafts').then((all) => all.length === 0)")
        found = page.evaluate("ecrm.store.get('about', 'kept')")
        assert job[1] not in str(found)
