"""The Indonesian texts of the demo, by the code of the complaint category."""

from ecrm.seeds.demo.corpus import connection, desk, equipment, service, speed
from ecrm.seeds.demo.corpus.topic import Topic

TOPICS: dict[str, Topic] = {
    "MATI": connection.MATI, "PUTUS": connection.PUTUS, "LAMBAT": speed.LAMBAT,
    "KABEL": equipment.KABEL, "WIFI": equipment.WIFI, "SITUS": speed.SITUS,
    "TAGIHAN": desk.TAGIHAN, "PAKET": desk.PAKET, "LAYANAN": service.LAYANAN, "LAIN": service.LAIN,
}


def topic(code: str) -> Topic:
    """Return the texts of a category; of one that the operator invented, the general ones."""
    return TOPICS.get(code, service.LAIN)


__all__ = ["TOPICS", "Topic", "topic"]
