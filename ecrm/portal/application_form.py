"""The form with which a visitor applies for a connection."""

from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectMultipleField, StringField, TelField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import Plan, Promo
from ecrm.models.installation import HalfDay
from ecrm.portal import look, people
from ecrm.portal.account_forms import REQUIRED, OneOf, Phone, at_most, stripped
from ecrm.rules.promo import offered

NO_EMAIL = _l("This is not an e-mail address. Write it like name@example.com.")


class Ticks(SelectMultipleField):
    """Several ticks of a list."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()


class PersonForm(FlaskForm):
    """Who asks for something without an account."""

    name = StringField(_l("Name"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(100)], render_kw={"autocomplete": "name"})
    phone = TelField(_l("Mobile phone"), filters=[stripped], validators=[DataRequired(REQUIRED), Phone()], render_kw={"autocomplete": "tel"})
    email = EmailField(_l("E-mail"), filters=[stripped, lambda text: text.lower() if text else text],
                       validators=[DataRequired(REQUIRED), at_most(254), Email(NO_EMAIL)], render_kw={"autocomplete": "email"})
    consent = BooleanField(validators=[DataRequired(_l("Without your consent we may not keep what you wrote."))])


class ApplicationForm(PersonForm):
    """An application; the token makes a double submit one application."""

    token, area = HiddenField(), HiddenField()
    address = TextAreaField(_l("Address of the connection"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(300)],
                            render_kw={"autocomplete": "street-address"})
    plan = RadioField(_l("Which plan?"), validators=[InputRequired(_l("Choose a plan.")), OneOf()], validate_choice=False)
    promo = RadioField(_l("A promo?"), validators=[OneOf()], validate_choice=False)
    visit_times = Ticks(_l("When is somebody at home?"), choices=[(half.value, half.label) for half in HalfDay], validate_choice=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the plans on sale and the promos for who reads this."""
        super().__init__(*args, **kwargs)
        self.token.data = (self.token.data or "")[:32] or uuid4().hex
        plans = people.see(Plan).where(Plan.on_sale.is_(True)).order_by(Plan.monthly_price, Plan.id)
        promos = people.see(Promo).where(offered(people.own_customer(), look.today())).order_by(Promo.valid_until, Promo.id)
        self.plans = {row.code: row for row in people.rows(plans)}
        self.promos = {row.code: row for row in people.rows(promos)}
        self.plan.choices = [(code, row.name) for code, row in self.plans.items()]
        self.promo.choices = [("", _l("No promo")), *((code, row.title) for code, row in self.promos.items())]
        self.promo.data = self.promo.data or ""
