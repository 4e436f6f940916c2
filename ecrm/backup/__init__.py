"""A company in one file: all rows and all attachments as a tar archive that every database can be filled from."""

from ecrm.backup.archive import Damaged, Reader
from ecrm.backup.files import keys_of
from ecrm.backup.filling import Mismatch, bring_back, compare, fill, is_empty, keep_next_ids, next_ids
from ecrm.backup.header import FORMAT, Header
from ecrm.backup.tables import Shape, Sum, lines, shapes, snapshot
from ecrm.backup.taking import Taken, take

__all__ = [
    "FORMAT", "Damaged", "Header", "Mismatch", "Reader", "Shape", "Sum", "Taken", "bring_back", "compare", "fill", "is_empty",
    "keep_next_ids", "keys_of", "lines", "next_ids", "shapes", "snapshot", "take",
]
