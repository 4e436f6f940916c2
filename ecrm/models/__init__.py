"""All tables, one file for each aggregate; MODELS is the registry."""

from ecrm.models.account import Role, User
from ecrm.models.bandwidth import BandwidthGrant
from ecrm.models.branch import Branch, CoverageArea
from ecrm.models.complaint import Attachment, Complaint, ComplaintCategory, Reply
from ecrm.models.counter import Counter
from ecrm.models.customer import Customer, Subscription
from ecrm.models.installation import Installation
from ecrm.models.letter import Letter
from ecrm.models.plan import Plan, Promo
from ecrm.models.step import Step

MODELS = (
    Complaint, Reply, Attachment, ComplaintCategory,
    Customer, Subscription, Installation,
    Plan, Promo, BandwidthGrant,
    Branch, CoverageArea,
    User, Role, Letter, Step, Counter,
)

__all__ = [model.__name__ for model in MODELS]
