"""What people may do with a letter."""

from datetime import datetime

from ecrm.models import Letter
from ecrm.models.letter import LetterState


def failed(letter: Letter) -> bool:
    """Return whether the worker has given a letter up that can be sent again; one with a link to an account is emptied."""
    return letter.state is LetterState.FAILED and bool(letter.data)


def again(letter: Letter, at: datetime) -> None:
    """Put a letter that was given up back into the queue, to be tried at once and again for a day."""
    letter.state, letter.queued_at, letter.next_try_at, letter.tries = LetterState.QUEUED, at, at, 0
    letter.last_error = letter.lease_owner = letter.lease_until = None
