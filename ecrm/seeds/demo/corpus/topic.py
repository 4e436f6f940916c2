"""What people say about one kind of complaint."""

from typing import NamedTuple


class Case(NamedTuple):
    """One thing that goes wrong: how it is called, how it is told, and how it ends."""

    subjects: tuple[str, ...]
    details: tuple[str, ...]
    resolutions: tuple[str, ...]


class Topic(NamedTuple):
    """Texts of one category; `field` needs a technician.

    The texts of a case fit each other; the others fit every case of the topic. Places in them: {since} and {Since},
    {area}, {plan} and {mbps}. A description is one of the shared greetings, a detail and a shared ending.
    """

    field: bool
    cases: tuple[Case, ...]
    answers: tuple[str, ...]
    progress: tuple[str, ...]
    notes: tuple[str, ...]
    waits: tuple[str, ...]
    reopens: tuple[str, ...]
