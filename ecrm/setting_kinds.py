"""How the text of a setting is read, one function for each type; its docstring is the type's name in docs/configuration.md."""

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PROFILES = ("demo", "production", "test")


def yes_or_no(text: str) -> bool:
    """true or false"""
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise ValueError("use true or false")
    return known[text.lower()]


def _whole(text: str, smallest: int, largest: int) -> int:
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        raise ValueError(f"use a whole number from {smallest} to {largest}")
    return int(text)


def port(text: str) -> int:
    """port number"""
    return _whole(text, 1, 65535)


def threads(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 64)


def seconds(text: str) -> int:
    """whole number"""
    return _whole(text, 0, 60)


def hops(text: str) -> int:
    """whole number"""
    return _whole(text, 0, 10)


def customers(text: str) -> int:
    """whole number"""
    return _whole(text, 2, 1000)


def mbps(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 10_000)


def compensation_days(text: str) -> int:
    """whole number"""
    return _whole(text, 2, 366)


def minutes(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 1440)


def hours(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 720)


def days(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 365)


def years(text: str) -> int:
    """whole number"""
    return _whole(text, 0, 30)


def text(text: str) -> str:
    """text"""
    return text


def secret(text: str) -> str:
    """text, at least 32 characters in production"""
    return text


def folder(text: str) -> str:
    """folder"""
    return str(Path(text).absolute())


def file(text: str) -> str:
    """file"""
    if not Path(text).is_file():
        raise ValueError("there is no such file")
    return str(Path(text).absolute())


def megabytes(text: str) -> int:
    """whole number"""
    return _whole(text, 1, 1_000_000)


def email(text: str) -> str:
    """e-mail address"""
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        raise ValueError("use an address such as care@example.net")
    return text


def profile(text: str) -> str:
    """demo, production or test"""
    if text not in PROFILES:
        raise ValueError("use one of " + ", ".join(PROFILES))
    return text


def language(text: str) -> str:
    """id or en"""
    if text not in ("id", "en"):
        raise ValueError("use id or en")
    return text


def log_format(text: str) -> str:
    """text or json"""
    if text not in ("text", "json"):
        raise ValueError("use text or json")
    return text


def private_address(text: str) -> str:
    """private address and port"""
    host, _colon, number = text.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
        port(number)
    except ValueError:
        address = None
    if address is None or not address.is_private or address.is_unspecified:
        raise ValueError("use a private address and a port, such as 127.0.0.1:9100")
    return text


def clamd(text: str) -> str:
    """unix:/path, or private address and port"""
    return text if text.startswith("unix:/") else private_address(text)


def zone(text: str) -> str:
    """time zone name"""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("use a zone name such as Asia/Jakarta") from error
    return text


def database(text: str) -> str:
    """database address"""
    wanted = ValueError("use sqlite:///path or mysql+pymysql://user:password@host/database")
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        raise wanted from None  # the text may hold a password
    if "@" in (address.host or ""):
        raise ValueError("use %40 for an @ in the password, and likewise for / : # % ?")
    if address.drivername not in ("sqlite", "mysql+pymysql") or address.database in (None, "", ":memory:"):
        raise wanted
    return text


def rate_storage(text: str) -> str:
    """memory:// or Redis address"""
    if text != "memory://" and (urlsplit(text).scheme not in ("redis", "rediss", "redis+unix") or not text.partition("://")[2]):
        raise ValueError("use memory:// or redis://host:port/number")
    return text


def web_address(text: str) -> str:
    """web address"""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("use an address such as https://care.example.net")
    return text.rstrip("/")
