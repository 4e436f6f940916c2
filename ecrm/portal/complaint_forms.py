"""The forms about complaints."""

from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from ecrm.i18n import lazy_gettext as _l
from ecrm.models import ComplaintCategory, Subscription
from ecrm.models.customer import SubscriptionStatus
from ecrm.portal import people
from ecrm.portal.account_forms import REQUIRED, OneOf, at_most, stripped
from ecrm.portal.uploads import ACCEPT

STARS = (
    ("5", _l("Very good")), ("4", _l("Good")), ("3", _l("Fair")), ("2", _l("Poor")), ("1", _l("Very poor")),
)
FILES = {"accept": ACCEPT}


class ComplaintForm(FlaskForm):
    """A new complaint; the token makes a double submit one complaint."""

    token = HiddenField()
    category = RadioField(_l("What is it about?"), validators=[InputRequired(_l("Choose what it is about.")), OneOf()],
                          validate_choice=False)
    subscription = SelectField(_l("Which connection?"), validators=[DataRequired(REQUIRED), OneOf()], validate_choice=False)
    subject = StringField(_l("In a few words"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(150)])
    description = TextAreaField(_l("What happens?"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(5000)])
    files = MultipleFileField(_l("Photos or PDFs"), render_kw=FILES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the active categories and the customer's running subscriptions."""
        super().__init__(*args, **kwargs)
        self.token.data = self.token.data or uuid4().hex
        active = people.see(ComplaintCategory).where(ComplaintCategory.active.is_(True))
        urgent_first = active.order_by(ComplaintCategory.priority, ComplaintCategory.id)
        self.categories = {str(row.id): row for row in people.rows(urgent_first)}
        running = people.see(Subscription).where(Subscription.status != SubscriptionStatus.ENDED).order_by(Subscription.id)
        self.subscriptions = {str(row.id): row for row in people.rows(running)}
        self.category.choices = [(key, str(row)) for key, row in self.categories.items()]
        self.subscription.choices = [(key, str(row)) for key, row in self.subscriptions.items()]
        if len(self.subscriptions) > 1:
            self.subscription.choices.insert(0, ("", _l("Please choose")))
        else:  # nothing to choose
            self.subscription.data = next(iter(self.subscriptions), "")
            self.subscription.choices = self.subscription.choices or [("", "")]
            self.subscription.validators = []


class ReplyForm(FlaskForm):
    """The customer's answer."""

    text = TextAreaField(_l("Your message"), filters=[stripped], validators=[DataRequired(REQUIRED), at_most(5000)])
    files = MultipleFileField(_l("Photos or PDFs"), render_kw=FILES)


class RatingForm(FlaskForm):
    """One to five stars."""

    rating = RadioField(_l("How did we do?"), choices=STARS, validators=[InputRequired(_l("Choose one to five stars.")), OneOf()],
                        validate_choice=False)
    remark = TextAreaField(_l("What went well, what did not? (optional)"), filters=[stripped], validators=[at_most(500)])
