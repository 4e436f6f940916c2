"""The demo's templates of replies and help pages."""

from typing import Any

from ecrm.models.account import Language
from ecrm.seeds.demo.company import Company

# Code of the category (None for all), language, name, text.
TEMPLATES = (
    (None, Language.INDONESIAN, "Sudah kami terima", "Halo {nama}, keluhan {nomor} sudah kami terima dan akan kami tangani sebelum {batas}.\n\n{saya}, {perusahaan}"),
    (None, Language.INDONESIAN, "Teknisi dijadwalkan", "Halo {nama}, {teknisi} akan datang untuk keluhan {nomor}. Mohon ada orang dewasa di lokasi.\n\n{saya}, {perusahaan}"),
    (None, Language.ENGLISH, "We have it", "Hello {nama}, we have your complaint {nomor} and will solve it by {batas}.\n\n{saya}, {perusahaan}"),
    ("MATI", Language.INDONESIAN, "Minta foto lampu modem", "Halo {nama}, mohon kirim foto lampu modem agar kami tahu apakah LOS menyala merah.\n\n{saya}"),
    ("LAMBAT", Language.INDONESIAN, "Minta hasil uji kecepatan",
     "Halo {nama}, mohon uji kecepatan lewat kabel LAN saat tidak ada unduhan, lalu kirim tangkapan layarnya.\n\n{saya}"),
    ("TAGIHAN", Language.INDONESIAN, "Tagihan sedang dicek", "Halo {nama}, tagihan Anda sedang kami cocokkan. Kami kabari sebelum {batas}.\n\n{saya}"),
)
# Code of the category, titles and texts in Indonesian and English, how often it solved it.
HELP = (
    ("MATI", "Internet mati: periksa tiga hal ini", "No connection: check these three things",
     "1. Pastikan lampu POWER menyala.\n2. Cabut adaptor modem, tunggu 10 detik, pasang lagi.\n3. Tunggu 3 menit sampai lampu PON hijau.\n\nLampu LOS merah? Itu tanda kabel putus: sampaikan keluhan.",
     "1. Is the POWER light on?\n2. Unplug the modem's adapter, wait 10 seconds, plug it in again.\n3. Wait 3 minutes until the PON light is green.\n\nIs the LOS light red? Then the cable is broken: report it.", 41),
    ("LAMBAT", "Internet lambat: uji dengan benar", "Slow connection: measure it well",
     "Uji lewat kabel LAN, bukan Wi-Fi.\nTutup unduhan dan video di perangkat lain.\nUlangi pada jam lain.", "Measure by cable, not Wi-Fi.\nStop downloads and videos on other devices.\nTry again at another hour.", 23),
    ("WIFI", "Sinyal Wi-Fi lemah", "Weak Wi-Fi",
     "Letakkan modem di tempat terbuka, jauh dari tembok dan microwave.\nPilih jaringan 5 GHz jika dekat, 2,4 GHz jika jauh.",
     "Put the modem in the open, away from walls and the microwave.\nUse the 5 GHz network nearby, 2.4 GHz far away.", 17),
    ("TAGIHAN", "Cara membaca tagihan", "How to read the bill", "Tagihan berisi paket bulan ini, PPN, dan selisih jika paket berganti di tengah bulan.",
     "The bill has this month's plan, VAT, and the difference where the plan changed during the month.", 6),
)


def write(company: Company) -> None:
    """Add the templates and help pages of the categories that there are."""
    ids: dict[Any, int | None] = {kind.code: kind.id for kind in company.kinds} | {None: None}
    for code, language, name, text in TEMPLATES:
        if code in ids:
            company.bulk.add("reply_template", {"name": name, "language": language, "category_id": ids[code], "text": text, "active": True, "version": 1})
    for code, title, title_en, text, text_en, helped in HELP:
        if code in ids:
            company.bulk.add("help_page", {"category_id": ids[code], "title": title, "title_en": title_en, "text": text, "text_en": text_en, "published": True,
                                           "helped": helped, "version": 1})
