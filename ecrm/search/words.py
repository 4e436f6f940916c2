"""Rows by their words: a rare one is taken from the full-text index, common ones are looked for row by row until a page is full."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from ecrm import fulltext
from ecrm.models import Complaint, Customer
from ecrm.search.question import Found, Question

MOST_IDS = 10_000  # rows that a rare word is looked for in; the newest where there are more
MOST_PEOPLE = 1_000  # customers of one name; a name that more bear is common
SAMPLE = 1_000  # newest rows that tell a common word from a rare one
COMMON = 4  # rows of the sample that have a common word
LEAST_COUNTED = 40  # rows with common words, more than a page shows


def by_words(question: Question, words: list[str], rank: Any) -> Found:
    """Return the rows that have all words: those of a rare word from the index, else one row after the other until a page is full."""
    total, together, *counts = (int(count or 0) for count in question.session.execute(_sample(question, words)).one())
    rare = [word for count, word in sorted(zip(counts, words, strict=True)) if count < COMMON and len(word) >= fulltext.SHORTEST]
    if total >= SAMPLE and len(rare) == len(words) and (ids := _of_name(question, words)):
        return Found(question.model.id.in_(ids), rank)
    bearers = {word: len(_named(question, [word])) for word in words if question.people is not None and len(word) >= fulltext.SHORTEST}
    named = [word for word in rare if bearers.get(word, 0) > MOST_PEOPLE]
    has = {word: _has(question, word, bearers.get(word) != 0) for word in words}
    everywhere = and_(*has.values())
    if total < SAMPLE:
        return Found(everywhere if question.any(everywhere) else question.model.id.in_(_parts(question, words)), rank)
    if named and len(rare) < len(words) and (ids := _of_name(question, words)):
        return Found(question.model.id.in_(ids), rank)
    if rare != named:
        first = next(word for word in rare if word not in named)
        if not (ids := _ids(question, [first])):
            return Found(question.model.id.in_(_parts(question, words)), rank)
        return Found(and_(question.model.id.in_(ids), *(has[word] for word in words if word != first)), rank)
    if named or together >= COMMON:
        return Found(everywhere, most=_round(max(together, LEAST_COUNTED)), least=together)
    ids = _ids(question, [word for word in words if len(word) >= fulltext.SHORTEST]) or _parts(question, words)
    return Found(question.model.id.in_(ids), rank)


def _of_name(question: Question, words: list[str]) -> list[int]:
    """Return the ids of the complaints of people whose name has all words, where there are some but not too many: what names them is meant so.

    Rows whose text has all the words are among them.
    """
    people = _named(question, words) if question.people is not None and len(words) > 1 and min(map(len, words)) >= fulltext.SHORTEST else []
    theirs = _theirs(question, people) if len(people) <= MOST_PEOPLE else []
    return theirs + fulltext.ids(question.session, question.model.__tablename__, words, MOST_IDS) if theirs else []


def _sample(question: Question, words: Iterable[str]) -> Any:
    """Return the SELECT of how many of the newest rows there are, have all words, and have each; a text is read for each word once."""
    has = [case((_matches(question.texts(), word), 1), else_=0).label(f"has_{place}") for place, word in enumerate(words)]
    rows = select(*has).order_by(question.model.id.desc()).limit(SAMPLE).subquery()
    every = and_(*(column == 1 for column in rows.c))
    return select(func.count(), func.sum(case((every, 1), else_=0)), *(func.sum(column) for column in rows.c)).select_from(rows)


def _matches(columns: Iterable[Any], word: str) -> ColumnElement[bool]:
    return or_(*(column.regexp_match(rf"(?i)\b{word}") for column in columns))


def _has(question: Question, word: str, names: bool) -> ColumnElement[bool]:
    """Return the condition that a row, or the name of its customer if it may be somebody's, has a word that begins so."""
    condition = _matches(question.texts(), word)
    if question.people is None or not names:
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


def rank_of(column: Any, text: str) -> Any:
    """Return the order of exactness: what is just that, what begins with it, the rest."""
    return case((func.lower(column) == text.lower(), 0), (column.istartswith(text, autoescape=True), 1), else_=2)


def _round(count: int) -> int:
    """Return a count with its first digit only."""
    step = 10 ** (len(str(count)) - 1)
    return count // step * step
