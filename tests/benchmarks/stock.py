"""Stock Flask-Admin on our tables: a ModelView with the columns, the search and the filters that ours has, and nothing else."""

import os

from flask import Flask, Response
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.filters import DateTimeBetweenFilter, FilterEqual
from flask_admin.theme import Bootstrap4Theme
from flask_babel import Babel
from sqlalchemy import DateTime, String, type_coerce

from ecrm import models
from ecrm.extensions import FOR_COMMANDS, db


class ComplaintView(ModelView):
    """Complaints as the library lists, searches and exports them."""

    can_view_details = can_export = named_filter_urls = True
    page_size = 25
    export_max_rows = 0
    column_list = ("number", "subject", "customer", "status", "priority", "resolution_due_at", "technician", "opened_at")
    column_export_list = (
        *column_list, "category", "description", "channel", "subscription", "branch", "customer.phone", "customer.address", "first_response_at",
        "resolved_at", "closed_at", "response_due_at", "clock", "waited_seconds", "reopen_count", "repeats", "rating", "rating_remark",
    )
    column_searchable_list = ("number", "subject", "description", "customer.name", "customer.phone")
    column_filters = (
        "technician_id", "branch_id",
        # It does not know our types of words and moments.
        FilterEqual(type_coerce(models.Complaint.status, String()), "status"),
        DateTimeBetweenFilter(type_coerce(models.Complaint.opened_at, DateTime()), "opened"),
    )
    column_sortable_list = ("number", "priority", "resolution_due_at", "opened_at")
    column_default_sort = ("id", True)
    form_columns = ("subject",)


class ExportView(ComplaintView):
    """The same for exports alone: what its list does not show has to be read along, or the file breaks off where its session is over."""

    column_select_related_list = tuple(getattr(models.Complaint, name) for name in ("customer", "technician", "category", "subscription", "branch"))


app = Flask(__name__)
app.config.update(SECRET_KEY="k", SQLALCHEMY_DATABASE_URI=os.environ["ECRM_DATABASE_URL"],
                  # Stock has no limit of time for a statement.
                  SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "connect_args": {"charset": "utf8mb4"} | FOR_COMMANDS}, BABEL_DEFAULT_LOCALE="en")
db.init_app(app)
Babel(app)
admin = Admin(app, theme=Bootstrap4Theme())
for view, name in ((ComplaintView, "complaint"), (ExportView, "whole")):
    admin.add_view(view(models.Complaint, db, url=f"/{name}", endpoint=name))


@app.get("/bytes/<int:size>")
def some_bytes(size: int) -> Response:
    """Return a page of so many bytes: what no page of this size can be faster than."""
    return Response("x" * size, content_type="text/html; charset=utf-8")
