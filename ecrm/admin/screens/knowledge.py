"""Screens of what is written once and read often: templates of replies, and help pages."""

from ecrm.admin.screen import Screen
from ecrm.admin.sidebar import COMPLAINTS
from ecrm.i18n import lazy_gettext as _l
from ecrm.models import HelpPage, ReplyTemplate
from ecrm.rules import knowledge


class ReplyTemplateScreen(Screen):
    """Templates of replies."""

    model = ReplyTemplate
    group = COMPLAINTS
    columns = ("name", "language", "category", "active", "text")
    form = ("name", "language", "category", "text", "active")
    search = ("name", "text")
    filters = ("language", "category", "active")
    sortable = ("name",)
    sort = ("name", False)
    checks = (knowledge.check,)
    wide = ("text",)
    empty = _l("No templates yet. Write the answers that you give every day; a complaint's page offers them below the message.")
    help = {
        "name": _l("In a few words, as the list below the message shows it."),
        "language": _l("Offered where the customer reads this language."),
        "category": _l("Left blank, it is offered for all complaints."),
        "text": _l("Filled in are, each in braces: nama, nomor, perihal, teknisi, batas, perusahaan, saya."),
        "active": _l("Take the tick away to offer it no more."),
    }


class HelpPageScreen(Screen):
    """Help pages."""

    model = HelpPage
    group = COMPLAINTS
    columns = ("title", "category", "published", "helped")
    details = ("title_en", "text", "text_en")
    form = ("category", "title", "text", "title_en", "text_en", "published")
    search = ("title", "title_en", "text", "text_en")
    filters = ("published", "category")
    sortable = ("title", "helped")
    sort = ("helped", True)
    wide = ("text", "text_en")
    opens_row = True
    groups = ((_l("Indonesian"), ("category", "title", "text")), (_l("English"), ("title_en", "text_en")), (None, ("published",)))
    empty = _l("No help pages yet. Write what customers can try themselves; the portal suggests it while they write a complaint.")
    help = {
        "category": _l("Complaints about it are offered this page first."),
        "title": _l("As the portal lists it."), "title_en": _l("As the portal lists it."),
        "text": _l("Plain text; lines and blank lines stay as they are."), "text_en": _l("Plain text; lines and blank lines stay as they are."),
        "published": _l("Customers see it from then on."),
    }
