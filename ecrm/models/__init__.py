"""All tables, one file for each aggregate; MODELS is the registry."""

from ecrm.models.access_event import AccessEvent
from ecrm.models.account import Role, User
from ecrm.models.api import ApiAnswer, ApiToken
from ecrm.models.attachment import Attachment
from ecrm.models.bandwidth import BandwidthGrant
from ecrm.models.branch import Branch, CoverageArea
from ecrm.models.business_time import Holiday, WorkingHours
from ecrm.models.call_note import CallNote
from ecrm.models.category import ComplaintCategory
from ecrm.models.complaint import Complaint, Reply
from ecrm.models.consent import Consent
from ecrm.models.counted_day import CountedDay
from ecrm.models.counter import Counter
from ecrm.models.customer import Customer, Subscription
from ecrm.models.demand import Demand
from ecrm.models.escalation import Escalation
from ecrm.models.grant_rule import GrantRule
from ecrm.models.help_page import HelpPage
from ecrm.models.incoming import IncomingMessage
from ecrm.models.installation import Installation
from ecrm.models.job import Job
from ecrm.models.letter import Letter
from ecrm.models.outage import Outage, OutageFollower
from ecrm.models.pdp_request import PdpRequest
from ecrm.models.plan import Plan, Promo
from ecrm.models.promo_request import PromoRequest
from ecrm.models.promo_seen import PromoSeen
from ecrm.models.provisioning import ProvisionCall
from ecrm.models.recap import Recap, ServiceStandard
from ecrm.models.reply_template import ReplyTemplate
from ecrm.models.risk import RiskScore, RiskWeight
from ecrm.models.saved_view import SavedView
from ecrm.models.step import Step
from ecrm.models.user_session import UserSession
from ecrm.models.visit import Visit

MODELS = (
    Complaint, Reply, Attachment, IncomingMessage, ComplaintCategory, Escalation, Outage, OutageFollower, ReplyTemplate, HelpPage,
    Customer, Subscription, Installation, Demand, Visit, RiskScore, RiskWeight, CallNote, PdpRequest, Consent,
    Plan, Promo, PromoRequest, PromoSeen, BandwidthGrant, GrantRule, ProvisionCall,
    Branch, CoverageArea, WorkingHours, Holiday, ServiceStandard,
    Recap, SavedView,
    User, Role, UserSession, AccessEvent, ApiToken, ApiAnswer, Letter, Step, Job, Counter, CountedDay,
)

TABLES = {model.__tablename__: model for model in MODELS}

__all__ = [model.__name__ for model in MODELS] + ["MODELS", "TABLES"]
