"""What is taken of the files that people send, what is left of it, what is refused, and why."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from werkzeug.datastructures import FileStorage

from ecrm import storage
from ecrm.storage import FileRefused, Refusal, pictures
from ecrm.storage.names import display_name
from tests.files import PDF, file, folder, saved, sketch, with_place, zipped

__all__ = ["folder"]


def kept(folder: Path, received: storage.Received) -> Image.Image:
    """Return the stored picture, decoded."""
    picture = Image.open(io.BytesIO((folder / received.key).read_bytes()))
    picture.load()
    return picture


def refusal(content: bytes, name: str = "foto.jpg", take: Callable[[FileStorage], storage.Received] = storage.receive) -> Refusal:
    """Return why the file is refused; fails where it is taken."""
    with pytest.raises(FileRefused) as refused:
        take(file(content, name))
    return refused.value.refusal


@pytest.mark.parametrize(("kind", "stored"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/jpeg")])
def test_every_picture_is_redrawn_without_place_or_maker(folder: Path, kind: str, stored: str) -> None:
    """EXIF, GPS, XMP, colour profile and comments are gone; the pixels are the same."""
    content = saved(kind, exif=with_place(), xmp=b"<x:xmpmeta>RAHASIA</x:xmpmeta>", icc_profile=b"RAHASIA" * 20)
    assert b"RAHASIA" in content
    received = storage.receive(file(content, "foto.tidak-benar", "text/html"))
    assert received.media_type == stored
    picture = kept(folder, received)
    raw = (folder / received.key).read_bytes()
    assert not picture.getexif() and b"RAHASIA" not in raw and b"NOKIA" not in raw
    assert {"exif", "icc_profile", "xmp", "comment"}.isdisjoint(picture.info)
    assert picture.size == (60, 40)
    red, green, blue = picture.convert("RGB").getpixel((10, 8))
    assert red > 200 > 60 > max(green, blue)


def test_comments_and_texts_are_gone(folder: Path) -> None:
    """JPEG comments and PNG text chunks are not carried over."""
    info = PngInfo()
    info.add_text("Author", "RAHASIA", zip=False)
    for content in (saved("JPEG", comment=b"RAHASIA"), saved("PNG", pnginfo=info)):
        assert b"RAHASIA" in content
        assert b"RAHASIA" not in (folder / storage.receive(file(content)).key).read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(folder: Path, orientation: int) -> None:
    """For each of the eight orientations the red quarter is up and left, as the phone showed it."""
    upright = sketch()
    undo = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
    lying = upright.transpose(pictures.TURNS[undo[orientation]]) if orientation > 1 else upright
    picture = kept(folder, storage.receive(file(saved("JPEG", lying, exif=with_place(orientation)))))
    assert picture.size == (60, 40)
    assert picture.getpixel((10, 8))[1] < 60 and min(picture.getpixel((50, 8))) > 200 and min(picture.getpixel((10, 32))) > 200


def test_a_damaged_exif_does_not_cost_the_picture(folder: Path) -> None:
    """The orientation is unknown then, the pixels are good."""
    content = saved("JPEG", exif=with_place(6)).replace(b"Exif\0\0MM\0*", b"Exif\0\0MM\0*"[:-1] + b"\xff")
    assert kept(folder, storage.receive(file(content))).size == (60, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_colour_mode(folder: Path, mode: str) -> None:
    """Grey, palette, transparent, 16-bit and print pictures are taken."""
    picture = Image.new(mode, (30, 20)) if mode == "I;16" else sketch((30, 20)).convert(mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert kept(folder, storage.receive(file(saved(kind, picture)))).size == (30, 20)


def test_transparency_stays(folder: Path) -> None:
    """A logo on transparent ground keeps its ground; a palette's transparent colour too."""
    for picture in (Image.new("RGBA", (20, 20), (0, 0, 0, 0)), Image.new("P", (20, 20))):
        content = saved("PNG", picture, **({"transparency": 0} if picture.mode == "P" else {}))
        assert kept(folder, storage.receive(file(content))).getpixel((5, 5))[3] == 0


def test_a_very_large_photo_is_scaled_down(folder: Path) -> None:
    """The longer edge becomes LONGEST_EDGE."""
    content = saved("PNG", Image.new("L", (pictures.LONGEST_EDGE * 2, 100)))
    assert kept(folder, storage.receive(file(content))).size == (pictures.LONGEST_EDGE, 50)


def test_a_pdf_is_kept_as_it_is(folder: Path) -> None:
    """Byte for byte, with the type of its content."""
    received = storage.receive(file(PDF, "tagihan.jpg"))
    assert (received.media_type, received.size, received.name) == ("application/pdf", len(PDF), "tagihan.jpg.pdf")
    assert (folder / received.key).read_bytes() == PDF


REFUSED = {
    "empty": (b"", Refusal.EMPTY),
    "too large": (b"\xff\xd8\xff" + b"x" * storage.MAX_BYTES, Refusal.TOO_LARGE),
    "html": (b"<html><script>alert(1)</script></html>", Refusal.UNSUPPORTED),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Refusal.UNSUPPORTED),
    "gif and script": (b"GIF89a/*" + saved("GIF")[8:] + b"*/=1;alert(1)", Refusal.UNSUPPORTED),
    "zip": (zipped(), Refusal.UNSUPPORTED),
    "zip bomb": (zipped(b"\0" * 50_000_000), Refusal.UNSUPPORTED),
    "program": (b"MZ\x90\0" + b"\0" * 200, Refusal.UNSUPPORTED),
    "tiff": (saved("TIFF"), Refusal.UNSUPPORTED),
    "bmp": (saved("BMP"), Refusal.UNSUPPORTED),
    "html before a pdf": (b"<html><script>alert(1)</script>" + PDF, Refusal.UNSUPPORTED),
    "html in the head of a pdf": (b"%PDF-1.4\n%<SCRIPT>alert(1)</SCRIPT>\n" + PDF, Refusal.UNREADABLE),
    "zip after a pdf": (PDF + zipped(), Refusal.UNREADABLE),
    "zip around the end of a pdf": (PDF[:-7] + zipped() + b"%%EOF", Refusal.UNREADABLE),
    "script after a pdf": (PDF + b"<script>alert(1)</script>", Refusal.UNREADABLE),
    "pdf without an end": (PDF[:-8], Refusal.UNREADABLE),
    "html that says jpeg": (b"\xff\xd8\xff<html><script>alert(1)</script>", Refusal.UNREADABLE),
    "half a jpeg": (saved("JPEG", sketch((600, 400)))[:2000], Refusal.UNREADABLE),
    "half a png": (saved("PNG", sketch((600, 400)))[:300], Refusal.UNREADABLE),
    "half a webp": (saved("WEBP", sketch((600, 400)))[:200], Refusal.UNREADABLE),
    "half a heic": (saved("HEIF", sketch((600, 400)))[:600], Refusal.UNREADABLE),
    "pixel flood in a png": (saved("PNG", Image.new("1", (12_000, 12_000))), Refusal.TOO_MANY_PIXELS),
    "greater pixel flood": (saved("PNG", Image.new("1", (20_000, 20_000))), Refusal.TOO_MANY_PIXELS),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason(folder: Path, case: str) -> None:
    """Whatever its name and the type that the browser says; nothing is stored."""
    content, reason = REFUSED[case]
    assert refusal(content) is reason
    assert not list(folder.glob("*/*/*")) and not list(folder.glob("incoming/*"))


def test_a_pixel_flood_is_not_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG that says 60,000 × 60,000 in its header is refused by what it says."""
    content = bytearray(saved("JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at:at + 4] = b"\xea\x60\xea\x60"
    monkeypatch.setattr(pictures, "_drawn", lambda *_: pytest.fail("the flood was decoded"))
    assert refusal(bytes(content)) is Refusal.TOO_MANY_PIXELS


@pytest.mark.parametrize("edges", [(8001, 8000), (13_500, 13_500)])
def test_a_picture_of_too_many_pixels(folder: Path, edges: tuple[int, int]) -> None:
    """A little more than is allowed, and as much as the library itself refuses."""
    content = io.BytesIO()
    Image.new("1", edges).save(content, "PNG")
    assert refusal(content.getvalue()) is Refusal.TOO_MANY_PIXELS and not list(folder.glob("*/*/*"))


def test_what_hangs_on_a_picture_is_gone(folder: Path) -> None:
    """A picture with a page, a script or an archive behind it keeps the picture only."""
    for kind in ("JPEG", "PNG", "WEBP"):
        for tail in (b"<script>alert(1)</script>", zipped(), PDF):
            key = storage.receive(file(saved(kind) + tail)).key
            assert tail not in (folder / key).read_bytes() and not zipfile.is_zipfile(folder / key)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damaged_bytes_never_break_anything(folder: Path) -> None:
    """Each picture with bytes changed here and there is taken or refused, and never an error of ours."""
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        good = saved(kind, exif=with_place(6))
        for step in range(150):
            bad = bytearray(good)
            for place in range(12 + step * 7 % 31, len(bad), 37 + step):
                bad[place] = (bad[place] + step * 11 + 1) % 256
            try:
                received = storage.receive(file(bytes(bad)))
            except FileRefused:
                continue
            assert kept(folder, received)


def test_only_pictures_for_a_promo(folder: Path) -> None:
    """receive_picture takes what receive takes, less the PDFs."""
    assert storage.receive_picture(file(saved("WEBP"))).media_type == "image/webp"
    assert refusal(PDF, take=storage.receive_picture) is Refusal.NOT_A_PICTURE
    assert refusal(b"", take=storage.receive_picture) is Refusal.EMPTY


NAMES = {
    "foto.jpg": "foto.jpg",
    "FOTO.JPEG": "FOTO.JPEG",
    "IMG_0001.HEIC": "IMG_0001.jpg",
    "modem rusak (1).png": "modem rusak (1).png.jpg",
    "../../etc/passwd": "passwd.jpg",
    "..\\..\\windows\\win.ini": "win.ini.jpg",
    "C:\\foto\\rumah.jpg": "rumah.jpg",
    "/": "file.jpg",
    "..": "file.jpg",
    "": "file.jpg",
    ".jpg": "file.jpg",
    "a\0b.jpg": "ab.jpg",
    "foto\u202egpj.exe": "fotogpj.exe.jpg",
    "foto\r\nSet-Cookie: a=b.jpg": "fotoSet-Cookie_ a=b.jpg",
    '<img src=x onerror="a">.jpg': "_img src=x onerror=_a__.jpg",
    "  kabel   putus .jpg": "kabel putus.jpg",
    "Désirée Ñandú 家 สวัสดี.jpg": "Désirée Ñandú 家 สวัสดี.jpg",
    "surat\ud800.jpg": "surat.jpg",
}


@pytest.mark.parametrize("sent", NAMES)
def test_names_are_for_showing_only(sent: str) -> None:
    """No folders, controls or turned writing; letters of all languages stay; the ending is true."""
    assert display_name(sent, "image/jpeg") == NAMES[sent]


def test_long_names_are_cut_before_their_ending(folder: Path) -> None:
    """The column takes 150 characters, and no name becomes a path."""
    for sent in ("é" * 300 + ".pdf", "a" * 300, "../" * 100 + "x" * 149 + "."):
        received = storage.receive(file(PDF, sent))
        assert len(received.name) <= 150 and received.name.endswith(".pdf") and received.name == unicodedata.normalize("NFC", received.name)
    assert [path.name for path in folder.glob("*/*/*")] == [received.sha256]
