"""How often something may be tried, by Flask-Limiter: one table of addresses, limits and what they are counted by (docs/security.md)."""

import logging
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from ipaddress import ip_address, ip_network
from time import time
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, make_response, request, session
from flask_limiter import Limiter, RequestLimit
from flask_login import current_user
from limits.errors import StorageError

from ecrm.portal import devices

log = logging.getLogger(__name__)
UNANSWERED = 503
PATIENCE = 1  # seconds; a store that hangs must not hang every login
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
    "portal.apply": (Limit("6 per 6 hours", account), Limit("20 per hour", address)),
    "portal.wait": (Limit("6 per 6 hours", account), Limit("20 per hour", address)),
    "portal.new_complaint": (Limit("20 per hour", person),),
    "portal.message_in": (Limit("600 per 5 minutes", address),),
    "portal.data": (Limit("10 per day", person),),
}


def init_app(app: Flask) -> None:
    """Guard the addresses of the table, after all views are there."""
    uri = app.config["ECRM"]["RATE_STORAGE"]
    # Without its store each process counts for itself: weaker for a while, and nobody is kept out.
    options = {} if uri == "memory://" else {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "wrap_exceptions": True}
    limiter = Limiter(key_func=address, app=app, storage_uri=uri, storage_options=options, strategy="fixed-window", in_memory_fallback_enabled=True)
    app.extensions["throttle"] = limiter
    for endpoint, limits in LIMITS.items():
        app.view_functions[endpoint] = _guarded(limiter, app.view_functions[endpoint], limits)

    @app.after_request
    def give_back(answer: Response) -> Response:
        """Count no try that we could not answer: an office that presses on while the database is away is not locked out afterwards."""
        if answer.status_code == UNANSWERED:
            _refund(limiter, limiter.current_limits)
        return answer


def _guarded(limiter: Limiter, view: Callable[..., Any], limits: tuple[Limit, ...]) -> Callable[..., Any]:
    """Return the view, each POST counted before it runs: of tries at the same moment none slips through."""
    counted = view
    for limit in limits:  # Flask-Limiter asks for exemptions before it looks at the method
        counted = limiter.limit(limit.most, key_func=limit.key, exempt_when=lambda key=limit.key: request.method != "POST" or not key())(counted)
    refunded = [limit.key for limit in limits if limit.refunds]

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if g.get("tries", 1) > 1:  # the database sent the first try back, which counted for this one too
            return view(*args, **values)
        if request.method == "POST":
            for limit in limits:
                limit.key()  # who it is may need the database, whose errors Flask-Limiter would take for its own store's
        keys = {key() for key in refunded} if request.method == "POST" else set()
        answer = make_response(counted(*args, **values))
        if keys and _led_on(answer):
            _refund(limiter, [used for used in limiter.current_limits if used.request_args[0] in keys])
        return answer

    return guarded


def _refund(limiter: Limiter, limits: list[RequestLimit]) -> None:
    try:
        for used in limits:
            limiter.limiter.hit(used.limit, *used.request_args, cost=-1)
    except StorageError as error:  # the store died since the try was counted: it stays counted, which is the safe side
        log.warning("a try could not be given back: %s", error.storage_error)


def _led_on(answer: Response) -> bool:
    return answer.status_code == 302


def wait() -> int:
    """Return after how many seconds what was refused may be tried again."""
    limit = current_app.extensions["throttle"].current_limit
    return max(1, int(limit.reset_at - time())) if limit else 60
