"""The physical limit: the same statements by bare PyMySQL."""

import time
from typing import Any

import pymysql
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url

from ecrm.extensions import db

Statement = tuple[str, Any]


def statements(app: Flask, login: tuple[str, str], path: str) -> list[Statement]:
    """Return the SELECTs of a page with their parameters."""
    found: list[Statement] = []
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    client.post("/login", data={"email": login[0], "password": login[1]})
    with app.app_context():
        engine = db.engine

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        found.append((statement, parameters))

    client.get(path)  # compiled and cached
    event.listen(engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in found if statement.lstrip().startswith("SELECT")]


def connect(url: str) -> Any:
    """Return a bare connection."""
    target = make_url(url)
    return pymysql.connect(host=target.host, port=target.port or 3306, user=target.username, database=target.database, charset="utf8mb4")


def seconds(connection: Any, asked: list[Statement]) -> float:
    """Return how long the statements take, their rows read."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for statement, parameters in asked:
            cursor.execute(statement, parameters)
            cursor.fetchall()
    return time.perf_counter() - begun


def plans(connection: Any, asked: list[Statement]) -> list[str]:
    """Return the plan of each statement, a line for each table."""
    found = []
    with connection.cursor(pymysql.cursors.DictCursor) as cursor:
        for statement, parameters in asked:
            cursor.execute(f"EXPLAIN {statement}", parameters)
            for row in cursor.fetchall():
                found.append(f"{row['table']}: {row['type']} {row['key'] or '-'} rows={row['rows']} {row['Extra'] or ''}".rstrip())
    return found
