"""Django's admin on our tables (managed=False), open to everybody who reaches it."""

import os

import django
import pymysql
from django.conf import settings
from sqlalchemy.engine import make_url

pymysql.version_info = (2, 2, 7, "final", 0)  # the version of mysqlclient that Django asks for; PyMySQL stands in
pymysql.install_as_MySQLdb()
_url = make_url(os.environ["ECRM_DATABASE_URL"])
settings.configure(
    SECRET_KEY="k", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=False, STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", f"{__name__}.Anybody", "django.contrib.messages.middleware.MessageMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages"]}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "HOST": _url.host, "PORT": _url.port, "USER": _url.username,
                           "NAME": _url.database, "CONN_MAX_AGE": 60, "OPTIONS": {"charset": "utf8mb4"}}},
)
django.setup()

from django.contrib import admin  # noqa: E402 - Django wants its settings first
from django.contrib.auth.models import User  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402


class Anybody:
    """Everybody is a superuser."""

    def __init__(self, get_response):
        """Keep what answers."""
        self.get_response = get_response

    def __call__(self, request):
        """Answer as to a superuser."""
        request.user = User(pk=1, username="x", is_staff=True, is_superuser=True, is_active=True)
        return self.get_response(request)


class _Table(models.Model):
    class Meta:
        """The tables are not Django's."""

        abstract, managed, app_label = True, False, "auth"


class Customer(_Table):
    """A customer."""

    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=20)

    class Meta(_Table.Meta):
        """As named by us."""

        db_table = "customer"

    def __str__(self):
        """Return the name."""
        return self.name


class Person(_Table):
    """A technician."""

    name = models.CharField(max_length=100)

    class Meta(_Table.Meta):
        """As named by us."""

        db_table = "user"

    def __str__(self):
        """Return the name."""
        return self.name


class Complaint(_Table):
    """A complaint."""

    number = models.CharField(max_length=20)
    subject = models.CharField(max_length=150)
    description = models.TextField()
    customer = models.ForeignKey(Customer, models.DO_NOTHING)
    technician = models.ForeignKey(Person, models.DO_NOTHING, null=True)
    branch_id = models.IntegerField()
    status = models.CharField(max_length=20)
    priority = models.IntegerField()
    resolution_due_at = models.DateTimeField()
    opened_at = models.DateTimeField()

    class Meta(_Table.Meta):
        """As named by us."""

        db_table = "complaint"


@admin.register(Complaint)
class ComplaintAdmin(admin.ModelAdmin):
    """Complaints as the library lists and searches them."""

    list_display = ("number", "subject", "customer", "status", "priority", "resolution_due_at", "technician", "opened_at")
    list_select_related = ("customer", "technician")
    search_fields = ("number", "subject", "description", "customer__name", "customer__phone")
    list_filter = ("status",)
    list_per_page = 25
    ordering = ("-id",)

    def lookup_allowed(self, lookup, value, request=None):
        """Allow every filter in the address."""
        return True


urlpatterns = [path("admin/", admin.site.urls)]
app = get_wsgi_application()
