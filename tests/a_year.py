"""A company with a year of work behind it, as the demo makes it."""

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from ecrm.cli.data import seed_folder
from ecrm.extensions import db
from ecrm.models.base import now
from ecrm.reports.counted import keeping
from ecrm.seeds.demo.make import make_demo
from ecrm.seeds.load import load_seeds

CUSTOMERS, COMPLAINTS = 60, 400


def fill(app: Flask, customers: int = CUSTOMERS, complaints: int = COMPLAINTS, **options: Any) -> Flask:
    """Load the seeds and the demo."""
    with app.app_context():
        load_seeds(db.session(), seed_folder())
        make_demo(db.session(), customers, complaints, **options)
        db.session.commit()
    return app


def with_late_ones(app: Flask) -> Flask:
    """Fill an application, with three complaints that were late beyond doubt, and days that are counted beside others that are not."""
    fill(app)
    with app.app_context(), db.engine.begin() as connection:
        late = connection.execute(text("SELECT c.id, c.opened_at FROM complaint c JOIN complaint_category k ON k.id = c.category_id "
                                       "WHERE c.status = 'closed' AND k.kind = 'disturbance' ORDER BY c.opened_at DESC, c.id LIMIT 3")).all()
        for number, opened in late:
            opened = datetime.fromisoformat(opened) if isinstance(opened, str) else opened
            connection.execute(text("UPDATE complaint SET opened_at = :early WHERE id = :id"),
                               {"early": (opened - timedelta(days=40)).isoformat(" "), "id": number})
    with app.app_context():  # figures come from counted days, from days without counts, and from today alike
        for day in keeping.due(db.session, now()):
            if day.toordinal() % 5:
                keeping.count(db.session, day, now())
        db.session.commit()
    return app
