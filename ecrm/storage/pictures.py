"""Pictures are decoded and drawn anew: what is stored has pixels, and no place, camera, comment or trailing data."""

import io
import struct
import threading
import zlib

from PIL import Image
from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

MAX_PIXELS = 64_000_000  # a phone's 50-megapixel picture passes; decoded it takes 256 MB
LONGEST_EDGE = 4096  # pixels; larger pictures are scaled down
TOGETHER = threading.BoundedSemaphore(2)  # pictures decoded at the same time, so that memory has a bound
QUALITY = 88
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
READERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
WRITERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "JPEG"}
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}
# What the decoders raise on bytes that are not what they say.
BROKEN = (OSError, SyntaxError, ValueError, LookupError, TypeError, EOFError, OverflowError, RuntimeError, struct.error, zlib.error)


class Unreadable(ValueError):
    """The bytes do not give a whole picture."""


class TooManyPixels(ValueError):
    """The picture says that it is larger than MAX_PIXELS; it was not decoded."""


def media_type(content: bytes) -> str | None:
    """Return image/jpeg, image/png, image/webp or image/heic by the first bytes, None for anything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    return None


def redraw(content: bytes, media_type: str) -> tuple[bytes, str]:
    """Return the picture drawn anew, upright and at most LONGEST_EDGE wide and high, and its type: HEIC becomes JPEG.

    Of a moving picture the first frame stays. Raises TooManyPixels before decoding, and Unreadable.
    """
    writer = WRITERS[media_type]
    try:
        with TOGETHER, Image.open(io.BytesIO(content), formats=[READERS[media_type]]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooManyPixels(picture.size)
            drawn = _drawn(picture, writer)
    except TooManyPixels:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(str(error)) from error
    except BROKEN as error:
        raise Unreadable(str(error)) from error
    return drawn, f"image/{writer.lower()}"


def _drawn(picture: Image.Image, writer: str) -> bytes:
    turn = TURNS.get(_orientation(picture))
    picture.load()
    picture = _plain_mode(picture, writer)
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    if turn is not None:
        picture = picture.transpose(turn)
    # Colour profile and comments would be written from here. A profile is code for the viewer's colour engine, and
    # the colours of a photo of a modem do not depend on it.
    picture.info = {}
    out = io.BytesIO()
    picture.save(out, writer, quality=QUALITY)
    return out.getvalue()


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 where the EXIF is damaged: the picture may still be good."""
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except BROKEN:
        return 1


def _plain_mode(picture: Image.Image, writer: str) -> Image.Image:
    """Return the picture in grey or RGB, with transparency where it has it and the format takes it."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("L")
    return picture.convert("RGBA" if picture.has_transparency_data and writer != "JPEG" else "RGB")
