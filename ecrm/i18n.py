"""Where the texts of the libraries get their Indonesian: Flask-Admin, Flask-Security and WTForms ship none."""

from pathlib import Path
from typing import Any

import flask
import wtforms
from babel import Locale
from flask import g
from flask_babel import Babel, Domain, get_locale, get_timezone
from werkzeug.utils import cached_property

TRANSLATIONS = str(Path(__file__).parent / "translations")
# WTForms' own texts, and those of Flask-Admin's fields. English needs no catalogue: the texts in the code are English.
FORMS = Domain([TRANSLATIONS, TRANSLATIONS], "admin;wtforms")
SECURITY = {
    # Flask-Security's own texts, and over them our words for its messages, which stand with all our others.
    "SECURITY_I18N_DOMAIN": "flask_security;messages",
    "SECURITY_I18N_DIRNAME": [TRANSLATIONS, TRANSLATIONS],
}


def _kept(name: str) -> Any:
    """Return what Flask-Babel keeps of the reader, None before it is asked; a page asks hundreds of times, and it goes three times through a proxy."""
    try:
        return getattr(g._flask_babel, name, None)  # force_locale() leaves nothing behind
    except (AttributeError, RuntimeError):
        return None


def reader_locale() -> Locale | None:
    """Return the reader's language, None where there is no reader."""
    return _kept("babel_locale") or get_locale()


def reader_zone() -> Any:
    """Return the reader's time zone as Flask-Babel has it."""
    return _kept("babel_tzinfo") or get_timezone()


class Texts(Domain):
    """The application's own texts. A page asks for hundreds of them: the catalogue is found by the language's code alone."""

    def get_translations(self) -> Any:
        """Return the catalogue of the reader's language; where there is no reader, one that leaves every text as it is."""
        locale = reader_locale()
        code = locale.language if locale else None  # what makes the name of a locale takes longer than to look up a text
        if code not in self.cache:
            self.cache[code] = super().get_translations()
        return self.cache[code]


# Of this module and not of Flask-Babel, which looks up for each text whose texts are meant.
OURS = Texts([TRANSLATIONS])
gettext, ngettext, lazy_gettext = OURS.gettext, OURS.ngettext, OURS.lazy_gettext


class FormTexts:
    """The texts of fields and validators in the reader's language."""

    def gettext(self, string: str) -> str:
        """Return a text in the reader's language."""
        return FORMS.get_translations().ugettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the text for `n` things in the reader's language."""
        return FORMS.get_translations().ungettext(singular, plural, n)


class Translated:
    """Put before another base class of a form: its fields and validators speak the reader's language."""

    class Meta:
        """What WTForms merges with the Meta of the other base classes."""

        def get_translations(self, _form: Any) -> FormTexts:
            """Return what WTForms translates with."""
            return FormTexts()


class Form(Translated, wtforms.Form):
    """A plain form without an anti-forgery token of its own: the application checks that of every POST."""


class Request(flask.Request):
    """Flask's request, which every form of Flask-WTF, so of Flask-Security, asks for WTForms' texts."""

    @cached_property
    def wtforms_translations(self) -> Any:
        """Return the catalogue of the reader's language."""
        return FORMS.get_translations()


def init_app(app: flask.Flask, babel: Babel) -> None:
    """Bind to the application."""
    app.request_class = Request
    babel.domain_instance = OURS
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: OURS.get_translations().ugettext(text), lambda one, many, n: OURS.get_translations().ungettext(one, many, n), newstyle=True)
