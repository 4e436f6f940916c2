"""The Indonesian texts of the demo, by the code of the complaint category."""

from ecrm.seeds.demo.corpus import connection, desk, equipment
from ecrm.seeds.demo.corpus.topic import Topic

TOPICS: dict[str, Topic] = {
    "MATI": connection.MATI, "PUTUS": connection.PUTUS, "LAMBAT": connection.LAMBAT,
    "KABEL": equipment.KABEL, "WIFI": equipment.WIFI, "SITUS": equipment.SITUS,
    "TAGIHAN": desk.TAGIHAN, "PAKET": desk.PAKET, "LAYANAN": desk.LAYANAN, "LAIN": desk.LAIN,
}


def topic(code: str) -> Topic:
    """Return the texts of a category; of one that the operator invented, the general ones."""
    return TOPICS.get(code, desk.LAIN)


__all__ = ["TOPICS", "Topic", "topic"]
