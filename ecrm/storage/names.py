"""A sender's file name, made safe to show and to offer for download; it never becomes a path."""

import re
import unicodedata

LONGEST = 150  # characters, the width of the column
SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
REPLACED = (".heic", ".heif")  # stored as JPEG
# Letters, marks, numbers, punctuation, symbols and plain spaces stay; controls, direction marks and surrogates go.
KEPT = ("L", "M", "N", "P", "S", "Zs")


def display_name(sent: str, media_type: str) -> str:
    """Return the last part of the sent name without control and direction characters, ending as its type does."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", sent.replace("\0", "")))[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter).startswith(KEPT))
    name = " ".join(re.sub(r'[<>:"|?*]', "_", name).split()).rstrip(". ")
    stem, suffix = _split(name, media_type)
    return f"{stem[: LONGEST - len(suffix)].strip('. ') or 'file'}{suffix}"


def _split(name: str, media_type: str) -> tuple[str, str]:
    """Return the stem and the suffix of the type; the sender's own suffix stays only where it is true."""
    endings = SUFFIXES[media_type]
    for ending in (*endings, *REPLACED):
        if name.lower().endswith(ending):
            kept = name[-len(ending):] if ending in endings else endings[0]
            return name[: -len(ending)], kept
    return name, endings[0]
