"""One screen class for each table; SCREENS is the registry, in the order of the menu."""

from ecrm.admin.screens.api import ApiAnswerScreen, ApiTokenScreen
from ecrm.admin.screens.complaint import AttachmentScreen, CategoryScreen, ComplaintScreen, EscalationScreen, ReplyScreen
from ecrm.admin.screens.company import BranchScreen, CoverageAreaScreen, HolidayScreen, ServiceStandardScreen, WorkingHoursScreen
from ecrm.admin.screens.customer import CustomerScreen, SubscriptionScreen
from ecrm.admin.screens.demand import DemandScreen
from ecrm.admin.screens.incoming import IncomingScreen
from ecrm.admin.screens.installation import InstallationScreen
from ecrm.admin.screens.knowledge import HelpPageScreen, ReplyTemplateScreen
from ecrm.admin.screens.offer import GrantRuleScreen, GrantScreen, PlanScreen, PromoRequestScreen, PromoScreen, PromoSeenScreen
from ecrm.admin.screens.outage import OutageFollowerScreen, OutageScreen
from ecrm.admin.screens.privacy import ConsentScreen, PdpRequestScreen
from ecrm.admin.screens.provisioning import ProvisionCallScreen
from ecrm.admin.screens.report import RecapScreen, SavedViewScreen
from ecrm.admin.screens.risk import CallNoteScreen, RiskScoreScreen, RiskWeightScreen
from ecrm.admin.screens.safety import AccessEventScreen
from ecrm.admin.screens.system import CountedDayScreen, CounterScreen, JobScreen, LetterScreen, RoleScreen, SessionScreen, StepScreen, UserScreen
from ecrm.admin.screens.visit import VisitScreen

SCREENS = (
    ComplaintScreen, IncomingScreen, ReplyScreen, AttachmentScreen, CategoryScreen, EscalationScreen, OutageScreen, OutageFollowerScreen, ReplyTemplateScreen, HelpPageScreen,
    VisitScreen, CustomerScreen, SubscriptionScreen, InstallationScreen, DemandScreen, RiskScoreScreen, RiskWeightScreen, CallNoteScreen, PdpRequestScreen, ConsentScreen,
    PlanScreen, PromoScreen, PromoRequestScreen, PromoSeenScreen, GrantScreen, GrantRuleScreen, ProvisionCallScreen,
    RecapScreen, SavedViewScreen,
    BranchScreen, CoverageAreaScreen, WorkingHoursScreen, HolidayScreen, ServiceStandardScreen,
    UserScreen, RoleScreen, SessionScreen, AccessEventScreen, ApiTokenScreen, ApiAnswerScreen, LetterScreen, StepScreen, JobScreen, CounterScreen, CountedDayScreen,
)
