"""What people say about one kind of complaint."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """Texts of one category, with the places {since}, {area}, {plan} and {mbps}; `field` needs a technician.

    A description is one of the shared greetings, a detail and a shared ending; the others stand alone.
    """

    field: bool
    subjects: tuple[str, ...]
    details: tuple[str, ...]
    answers: tuple[str, ...]
    progress: tuple[str, ...]
    notes: tuple[str, ...]
    waits: tuple[str, ...]
    resolutions: tuple[str, ...]
    reopens: tuple[str, ...]
