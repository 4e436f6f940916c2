"""What people type to find a row: numbers and telephones are looked up, words are found by their beginning, exact matches first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from ecrm import fulltext, policy
from ecrm.models import Complaint, Counter, Customer, Installation, User
from ecrm.models.account import RoleName

MOST_WORDS = 8
MOST_LETTERS = 40  # of a word
MOST_IDS = 10_000  # rows that a rare word is looked for in; the newest where there are more
MOST_PEOPLE = 1_000  # customers of one name; a name that more bear is common
SAMPLE = 2_000  # newest rows that tell a common word from a rare one
COMMON = 8  # rows of the sample that have a common word
SERIES = {Complaint: "KL-", Installation: "PSB-", Customer: "PLG-"}
DIGITS = re.compile(r"\+?[\d\s().-]{4,25}")


@dataclass(frozen=True)
class Found:
    """The rows that a search finds: a condition, the order of exactness where there are few, and how many are worth counting."""

    condition: ColumnElement[bool]
    rank: Any = None
    most: int | None = None


@dataclass(frozen=True)
class Question:
    """What is looked for in which columns of which table, by whom.

    `scope` is the condition on the rows that exist for the person, `people` that on the customers by whom complaints are found.
    """

    session: Session
    model: Any
    columns: Sequence[str]
    scope: ColumnElement[bool]
    people: Any

    def column(self, name: str) -> Any:
        """Return a column of the table."""
        return getattr(self.model, name)

    def texts(self) -> list[Any]:
        """Return the columns with a full-text index, none where the role may not read all of them."""
        names = fulltext.TEXTS.get(self.model.__tablename__, ())
        return [self.column(name) for name in names] if set(names) <= set(self.columns) else []

    def any(self, condition: ColumnElement[bool]) -> bool:
        """Return whether a row that exists for the person fulfils a condition."""
        return self.session.scalar(select(self.model.id).where(condition, self.scope).limit(1)) is not None


def find(session: Session, model: Any, text: str, columns: Sequence[str], role: RoleName, user: User) -> Found:
    """Return what finds the rows of `model` that somebody looks for, by the columns that the role may read."""
    text = text.strip()
    question = Question(session, model, columns, policy.scope(model, role, user), _people(model, role, user))
    for condition, rank in (_numbers(question, text), _inside(question, text)):
        if condition is not None and question.any(condition):
            return Found(condition, rank)
    if not question.texts():
        return Found(and_(*(or_(*(contains(question.column(name), word) for name in columns)) for word in text.split()[:MOST_WORDS])))
    words = [word[:MOST_LETTERS] for word in re.findall(r"[^\W_]+", text.casefold())][:MOST_WORDS]
    return _by_words(question, words, _rank(question.texts()[0], text)) if words else Found(false())


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
    numbers = _number_forms(question, text) if "number" in question.columns else []
    found = [question.column("number").in_(numbers)] if numbers else []
    rank = case((found[0], 0), else_=1) if found else None
    if re.search(r"\d|-", text) and "number" in question.columns:
        found.append(question.column("number").startswith(text.upper(), autoescape=True))
    for name in question.columns:
        found += _begins(question.column(name), text)
    if question.people is not None and re.search(r"[\d@]", text):
        people = or_(false(), *_customer_numbers(question, text), *_begins(Customer.phone, text), *_begins(Customer.email, text))
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


def _begins(column: Any, text: str) -> list[ColumnElement[bool]]:
    kind = column.info.get("kind")
    if kind == "phone" and DIGITS.fullmatch(text) and len(_national(text)) > 2:
        return [column.startswith(f"+{re.sub(r'[^0-9]', '', text)}" if text.startswith("+") else f"+62{_national(text)}")]
    return [column.startswith(text.lower(), autoescape=True)] if kind == "email" and "@" in text else []


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


# Words

def _by_words(question: Question, words: list[str], rank: Any) -> Found:
    """Return the rows that have all words: those of a rare word from the index, else one row after the other until a page is full."""
    total, together, *counts = (int(count or 0) for count in question.session.execute(_sample(question, words)).one())
    rare = [word for count, word in sorted(zip(counts, words, strict=True)) if count < COMMON and len(word) >= fulltext.SHORTEST]
    named = [word for word in rare if question.people is not None and len(_named(question, [word])) > MOST_PEOPLE]
    everywhere = and_(*(_has(question, word) for word in words))
    if total < SAMPLE:
        return Found(everywhere if question.any(everywhere) else question.model.id.in_(_parts(question, words)), rank)
    if rare != named:
        first = next(word for word in rare if word not in named)
        if not (ids := _ids(question, [first])):
            return Found(question.model.id.in_(_parts(question, words)), rank)
        return Found(and_(question.model.id.in_(ids), *(_has(question, word) for word in words if word != first)), rank)
    if named or together >= COMMON:
        return Found(everywhere, most=_round(5 * max(together, COMMON)))
    ids = _ids(question, [word for word in words if len(word) >= fulltext.SHORTEST]) or _parts(question, words)
    return Found(question.model.id.in_(ids), rank)


def _sample(question: Question, words: Iterable[str]) -> Any:
    """Return the SELECT of how many of the newest rows there are, have all words, and have each."""
    rows = select(*question.texts()).order_by(question.model.id.desc()).limit(SAMPLE).subquery()
    each = [_matches(rows.c, word) for word in words]
    return select(func.count(), *(func.sum(case((condition, 1), else_=0)) for condition in (and_(*each), *each))).select_from(rows)


def _matches(columns: Iterable[Any], word: str) -> ColumnElement[bool]:
    return or_(*(column.regexp_match(rf"(?i)\b{word}") for column in columns))


def _has(question: Question, word: str) -> ColumnElement[bool]:
    """Return the condition that a row, or the name of its customer, has a word that begins so."""
    condition = _matches(question.texts(), word)
    if question.people is None:
        return condition
    return or_(condition, Complaint.customer.has(and_(_matches([Customer.name], word), question.people)))


def _ids(question: Question, words: Sequence[str]) -> list[int]:
    """Return the ids of the rows that have all the words, in their text or all in the customer's name."""
    if not words:
        return []
    found = fulltext.ids(question.session, question.model.__tablename__, words, MOST_IDS)
    return found + _theirs(question, _named(question, words)) if question.people is not None else found


def _named(question: Question, words: Sequence[str]) -> list[int]:
    return fulltext.ids(question.session, Customer.__tablename__, words, MOST_PEOPLE + 1)


def _theirs(question: Question, people: Sequence[int]) -> list[int]:
    """Return the ids of the complaints of customers that may be read."""
    condition = Complaint.customer.has(question.people) & Complaint.customer_id.in_(people)
    return list(question.session.scalars(select(Complaint.id).where(condition).limit(MOST_IDS))) if people else []


def _parts(question: Question, words: Sequence[str]) -> list[int]:
    """Return the ids of the rows whose customer's name has the words somewhere: nothing begins with them."""
    if question.model is not Customer and question.people is None:
        return []
    inside = and_(*(Customer.name.icontains(word, autoescape=True) for word in words))
    people = list(question.session.scalars(select(Customer.id).where(inside).limit(MOST_PEOPLE)))
    return people if question.model is Customer else _theirs(question, people)


def _rank(column: Any, text: str) -> Any:
    """Return the order of exactness: what is just that, what begins with it, the rest."""
    return case((func.lower(column) == text.lower(), 0), (column.istartswith(text, autoescape=True), 1), else_=2)


def _round(count: int) -> int:
    """Return a count with its first digit only."""
    step = 10 ** (len(str(count)) - 1)
    return count // step * step
