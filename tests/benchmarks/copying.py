"""Copies of a company in its own tables, made by the database: customers, their subscriptions, complaints and replies; the trail is the original's."""

from sqlalchemy import Connection, text

from ecrm import fulltext
from ecrm.extensions import db

SHIFTED = {  # columns of a copy that are not those of the original, by table; :n is the number of the copy
    "customer": {"number": "CONCAT(LEFT(number, 4), :n, RIGHT(number, 5))", "phone": "CONCAT(LEFT(phone, LENGTH(phone) - 2), :n, RIGHT(phone, 1))",
                 "user_id": "NULL"},
    "subscription": {"customer_id": "customer_id + :customer"},
    "complaint": {
        "number": "CONCAT(LEFT(number, 10), :n, RIGHT(number, 5))", "token": "NULL", "customer_id": "customer_id + :customer",
        "subscription_id": "subscription_id + :subscription", "opened_at": "opened_at + INTERVAL :n SECOND",
        "clock_due_at": "IF(clock_due_at > '9999-01-01', clock_due_at, clock_due_at + INTERVAL :n SECOND)",
    },
    "reply": {"complaint_id": "complaint_id + :complaint"},
}


def multiply(connection: Connection, times: int) -> None:
    """Make a company `times` as large; at most nine copies beside the original."""
    if times < 2:
        return
    for table in fulltext.TEXTS:  # one pass over all rows is quicker than a word at a time
        connection.execute(text(f"DROP INDEX IF EXISTS {fulltext.PREFIX}{table} ON {table}"))
        # The index leaves a hidden column behind, by whose old numbers a new index would find nothing.
        connection.execute(text(f"ALTER TABLE {table} FORCE"))
    last = {f"{table}": connection.execute(text(f"SELECT MAX(id) FROM `{table}`")).scalar_one() for table in SHIFTED}
    for number in range(1, times):
        for table, changed in SHIFTED.items():
            columns = [column.name for column in db.metadata.tables[table].columns]
            values = ["id + :own" if name == "id" else changed.get(name, f"`{name}`") for name in columns]
            offsets = {name: number * offset for name, offset in last.items()}
            connection.execute(
                text(f"INSERT INTO `{table}` ({', '.join(f'`{name}`' for name in columns)}) SELECT {', '.join(values)} FROM `{table}` WHERE id <= :last"),
                offsets | {"n": number, "own": offsets[table], "last": last[table]},
            )
            connection.commit()
    connection.execute(text("SET SESSION innodb_ft_enable_stopword=OFF"))
    for table, columns in fulltext.TEXTS.items():
        connection.execute(text(f"CREATE FULLTEXT INDEX {fulltext.PREFIX}{table} ON {table} ({', '.join(columns)})"))
