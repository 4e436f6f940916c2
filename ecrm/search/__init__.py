"""What people type to find a row: numbers and telephones are looked up, words are found by their beginning, exact matches first."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select, true
from sqlalchemy.orm import Session

from ecrm import policy
from ecrm.models import Complaint, Counter, Customer, Installation, User
from ecrm.models.account import RoleName
from ecrm.search.question import Found, Question
from ecrm.search.words import MOST_PEOPLE, by_words, rank_of

MOST_WORDS = 8
MOST_LETTERS = 40  # of a word
SERIES = {Complaint: "KL-", Installation: "PSB-", Customer: "PLG-"}
LAST = "\U0010ffff"  # sorts behind all that people write
DIGITS = re.compile(r"\+?[\d\s().-]{4,25}")


def find(session: Session, model: Any, text: str, columns: Sequence[str], role: RoleName, user: User) -> Found:
    """Return what finds the rows of `model` that somebody looks for, by the columns that the role may read."""
    text = text.strip()
    question = Question(session, model, columns, policy.scope(model, role, user), _people(model, role, user))
    for way in (_numbers, _inside):  # one after the other: the second reads all customers
        condition, rank = way(question, text)
        if condition is not None and question.any(condition):
            return Found(condition, rank)
    if not question.texts():
        return Found(and_(true(), *(or_(*(contains(question.column(name), word) for name in columns)) for word in text.split()[:MOST_WORDS])))
    words = [word[:MOST_LETTERS] for word in re.findall(r"[^\W_]+", text.casefold())][:MOST_WORDS]
    return by_words(question, words, rank_of(question.texts()[0], text)) if words else Found(false())


def numbered(session: Session, model: Any, text: str, role: RoleName, user: User) -> list[int]:
    """Return the ids of the first rows whose number somebody may mean; more than one is no answer."""
    scope = policy.scope(model, role, user)
    forms = _number_forms(Question(session, model, ("number",), scope, None), text)
    return list(session.scalars(select(model.id).where(scope, model.number.in_(forms)).limit(2)))


def contains(column: Any, term: str) -> ColumnElement[bool]:
    """Return the condition that a column contains what was typed, wildcards taken as the letters that they are."""
    return column.icontains(_national(term) if column.info.get("kind") == "phone" else term, autoescape=True)


def _people(model: Any, role: RoleName, user: User) -> Any:
    """Return the condition on the customers by whom complaints are found, None where the role may not read them."""
    grant = policy.grant(Customer, role) if model is Complaint else None
    return None if grant is None or grant.hidden & {"number", "name", "phone"} else grant.rows(user)


# Numbers, telephones and addresses

def _numbers(question: Question, text: str) -> tuple[Any, Any]:
    """Return the condition that a number, a telephone or an e-mail address is or begins with what was typed, the number first."""
    # Ours have digits; customers bring the numbers of whoever kept them before.
    numbers = _number_forms(question, text) if "number" in question.columns and (question.model is Customer or re.search(r"\d", text)) else []
    found = [question.column("number").in_(numbers)] if numbers else []
    rank = case((found[0], 0), else_=1) if found else None
    if re.search(r"\d|-", text) and "number" in question.columns:
        found.append(_starts(question, question.column("number"), text.upper()))
    for name in question.columns:
        found += _begins(question, question.column(name), text)
    if question.people is not None and re.search(r"[\d@]", text):
        people = or_(false(), *_customer_numbers(question, text), *_begins(question, Customer.phone, text), *_begins(question, Customer.email, text))
        found.append(Complaint.customer_id.in_(_customers(question, people)))
    return (or_(*found), rank) if found else (None, None)


def _number_forms(question: Question, text: str) -> list[str]:
    """Return the numbers that somebody may mean: with or without the letters, the month and the zeros."""
    prefix, forms = SERIES.get(question.model, ""), [text.upper()]
    said = re.fullmatch(rf"(?:{prefix[:-1]}[\s-]*)?(?:(\d{{6}})[\s-]*)??(\d{{1,6}})", text, re.IGNORECASE)
    if not prefix or said is None:
        return forms
    month, count = said[1], f"{int(said[2]):06d}"
    if question.model is Customer:
        return forms if month else [*forms, f"{prefix}{count}"]
    series = [f"{prefix}{month}"] if month else question.session.scalars(select(Counter.name).where(Counter.name.startswith(prefix)))
    return forms + [f"{name}-{count}" for name in series]


def _customer_numbers(question: Question, text: str) -> list[ColumnElement[bool]]:
    """Return the conditions on the customer's number; digits alone mean the complaint's."""
    forms = _number_forms(replace(question, model=Customer), text)
    return [] if text.isdigit() else [Customer.number.in_(forms)]


def _begins(question: Question, column: Any, text: str) -> list[ColumnElement[bool]]:
    kind = column.info.get("kind")
    if kind == "phone" and DIGITS.fullmatch(text) and len(_national(text)) > 2:
        return [_starts(question, column, f"+{re.sub(r'[^0-9]', '', text)}" if text.startswith("+") else f"+62{_national(text)}")]
    return [_starts(question, column, text.lower())] if kind == "email" and "@" in text else []


def _starts(question: Question, column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a column begins with a text, in a form that an index finds: SQLite's LIKE, which knows no capitals, has none."""
    found = column.startswith(text, autoescape=True)
    return and_(found, column >= text, column < f"{text}{LAST}") if question.session.get_bind().dialect.name == "sqlite" else found


def _national(text: str) -> str:
    """Return the digits of a telephone number without the 0 or 62 that it begins with; other text as it is."""
    digits = re.sub(r"[\s().+-]", "", text)
    return re.sub(r"^(0|62)", "", digits) if digits.isdigit() else text


def _inside(question: Question, text: str) -> tuple[Any, Any]:
    """Return the condition that a telephone number contains the digits that were typed."""
    digits = _national(text)
    if not DIGITS.fullmatch(text) or len(digits) < 4:
        return None, None
    found = [question.column(name).contains(digits) for name in question.columns if question.column(name).info.get("kind") == "phone"]
    if question.people is not None:
        found.append(Complaint.customer_id.in_(_customers(question, Customer.phone.contains(digits))))
    return (or_(*found) if found else None), None


def _customers(question: Question, condition: ColumnElement[bool]) -> list[int]:
    return list(question.session.scalars(select(Customer.id).where(condition, question.people).limit(MOST_PEOPLE)))
