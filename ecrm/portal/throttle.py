"""How often something may be tried, by Flask-Limiter: one table of addresses, limits and what they are counted by (docs/security.md)."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from ipaddress import ip_address, ip_network
from time import time
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, make_response, request, session
from flask_limiter import Limiter
from flask_login import current_user

from ecrm.portal import devices

IPV6_HOME = 64  # bits that one household or company has for itself


class Limit(NamedTuple):
    """So many tries in a time (“10 per 5 minutes”), counted by what `key` returns; none where it returns nothing.

    Where `refunds`, a try that led on, to another page, is given back: only failures count.
    """

    most: str
    key: Callable[[], str]
    refunds: bool = False


def address() -> str:
    """Return the network address of the request, of IPv6 the part that one household has."""
    try:
        known = ip_address(request.remote_addr or "")
    except ValueError:
        return "address unknown"
    if known.version == 6 and known.ipv4_mapped is None:
        return f"address {ip_network((known, IPV6_HOME), strict=False).network_address}"
    return f"address {getattr(known, 'ipv4_mapped', None) or known}"


def account() -> str:
    """Return the account that is named in the form: where its person has logged in from this browser before, their device alone."""
    email = request.form.get("email", "").strip().lower()
    own = devices.known(email)
    return f"device {own}" if own else f"account {sha256(email.encode()).hexdigest()[:20]}"


def stranger() -> str:
    """Return the network address, nothing for a browser from which the account's person has logged in before."""
    return "" if devices.known(request.form.get("email", "").strip().lower()) else address()


def person() -> str:
    """Return the person who is logged in, or has given the password and owes the second factor."""
    return f"person {session.get('tf_user_id') or getattr(current_user, 'fs_uniquifier', '')}"


CODES = (Limit("5 per 5 minutes", person), Limit("20 per hour", person))
LIMITS: dict[str, tuple[Limit, ...]] = {
    "security.login": (Limit("10 per 5 minutes", account, True), Limit("10 per 5 minutes", stranger, True)),
    "security.verify": (Limit("10 per 5 minutes", person, True),),
    "security.change_password": (Limit("10 per 5 minutes", person, True),),
    "security.two_factor_token_validation": CODES,
    "security.two_factor_setup_validate": CODES,
    "security.mf_recovery": CODES,
    "security.two_factor_rescue": (Limit("3 per 6 hours", person),),
    "security.forgot_password": (Limit("5 per day", account), Limit("20 per hour", address)),
    "security.send_confirmation": (Limit("3 per 6 hours", account), Limit("20 per hour", address)),
    "security.register": (Limit("3 per 6 hours", account), Limit("20 per hour", address)),
    "security.change_email": (Limit("5 per day", person),),
    "portal.new_complaint": (Limit("20 per hour", person),),
    "portal.data": (Limit("10 per day", person),),
}


def init_app(app: Flask) -> None:
    """Guard the addresses of the table, after all views are there."""
    uri = app.config["ECRM"]["RATE_STORAGE"]
    # Without its store each process counts for itself: weaker for a while, and nobody is kept out.
    limiter = Limiter(key_func=address, app=app, storage_uri=uri, strategy="fixed-window", in_memory_fallback_enabled=True)
    app.extensions["throttle"] = limiter
    for endpoint, limits in LIMITS.items():
        app.view_functions[endpoint] = _guarded(limiter, app.view_functions[endpoint], limits)


def _guarded(limiter: Limiter, view: Callable[..., Any], limits: tuple[Limit, ...]) -> Callable[..., Any]:
    """Return the view, each POST counted before it runs: of tries at the same moment none slips through."""
    counted = view
    for limit in limits:
        counted = limiter.limit(limit.most, key_func=limit.key, methods=["POST"], exempt_when=lambda key=limit.key: not key())(counted)
    refunded = [limit.key for limit in limits if limit.refunds]

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        keys = {key() for key in refunded} if request.method == "POST" else set()
        answer = make_response(counted(*args, **values))
        if keys and _led_on(answer):
            for used in limiter.current_limits:
                if used.request_args[0] in keys:
                    limiter.limiter.hit(used.limit, *used.request_args, cost=-1)
        return answer

    return guarded


def _led_on(answer: Response) -> bool:
    return answer.status_code == 302


def wait() -> int:
    """Return after how many seconds what was refused may be tried again."""
    limit = current_app.extensions["throttle"].current_limit
    return max(1, int(limit.reset_at - time())) if limit else 60
