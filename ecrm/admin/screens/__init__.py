"""One screen class for each table; SCREENS is the registry, in the order of the menu."""

from ecrm.admin.screens.complaint import AttachmentScreen, CategoryScreen, ComplaintScreen, ReplyScreen
from ecrm.admin.screens.company import BranchScreen, CoverageAreaScreen
from ecrm.admin.screens.customer import CustomerScreen, InstallationScreen, SubscriptionScreen
from ecrm.admin.screens.offer import GrantScreen, PlanScreen, PromoScreen
from ecrm.admin.screens.system import CounterScreen, LetterScreen, RoleScreen, StepScreen, UserScreen

SCREENS = (
    ComplaintScreen, ReplyScreen, AttachmentScreen, CategoryScreen,
    CustomerScreen, SubscriptionScreen, InstallationScreen,
    PlanScreen, PromoScreen, GrantScreen,
    BranchScreen, CoverageAreaScreen,
    UserScreen, RoleScreen, LetterScreen, StepScreen, CounterScreen,
)
