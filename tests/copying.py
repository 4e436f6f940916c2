"""A migrated database as a copy of one that our migrations made, and a company as a copy of one that the demo made: both take seconds, a copy does not."""

import sqlite3
from contextlib import closing

from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from ecrm.extensions import db


def copy(source: str, target: str) -> None:
    """Copy tables, indexes and rows into an empty database of the same server or kind, given by their addresses."""
    from_, to = make_url(source), make_url(target)
    if from_.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(from_.database))) as old, closing(sqlite3.connect(str(to.database))) as new:
            old.backup(new)
    else:
        _of_server(from_, to)


def _of_server(source: URL, target: URL) -> None:
    engine = create_engine(target)
    with engine.begin() as connection:
        names = list(connection.scalars(text(f"SHOW TABLES IN `{source.database}`")))
        connection.execute(text("SET foreign_key_checks = 0"))
        for name in names:
            made = connection.execute(text(f"SHOW CREATE TABLE `{source.database}`.`{name}`")).one()[1]
            connection.exec_driver_sql(made.replace("%", "%%"))
            connection.execute(text(f"INSERT INTO `{name}` SELECT * FROM `{source.database}`.`{name}`"))
    engine.dispose()


def rows(source: Flask, target: Flask) -> Flask:
    """Copy the rows of one application into the empty database of another, which may be of the other kind, and return that one."""
    with source.app_context():
        found = {table: [dict(row) for row in db.session.execute(table.select()).mappings()] for table in db.metadata.sorted_tables}
    with target.app_context(), db.engine.begin() as connection:
        for table in filter(found.get, db.metadata.sorted_tables):
            connection.execute(table.insert(), found[table])
    return target
