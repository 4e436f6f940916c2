"""The door for gateways: a signed message is kept, and the worker files it (docs/channels.md)."""

from typing import Any

from flask import abort, current_app, jsonify, request
from sqlalchemy.exc import IntegrityError

from ecrm.channels import filing, webhook
from ecrm.extensions import csrf, db
from ecrm.models.base import now
from ecrm.portal.blueprint import blueprint
from ecrm.rules import signature


@blueprint.post("/channels/incoming")
@csrf.exempt  # no browser comes here: the signature proves who sends
def message_in() -> Any:
    """Keep one message: 202, or 200 where it is here already. 401 without a right signature, 400 where it cannot be read."""
    secret = current_app.config["ECRM"]["WEBHOOK_SECRET"]
    if not secret:
        abort(404)
    moment, given, at = request.headers.get("X-Ecrm-Timestamp", ""), request.headers.get("X-Ecrm-Signature", ""), now()
    if not given or not signature.timely(moment, at):  # before a long body is read
        return jsonify(detail="X-Ecrm-Timestamp or X-Ecrm-Signature is missing, or the clock is wrong"), 401
    request.max_content_length = webhook.MOST_BYTES
    body = request.get_data(cache=False)
    if not signature.right(secret, moment, body, given, at):
        return jsonify(detail="the signature is wrong"), 401
    try:
        filing.keep(db.session(), webhook.read(body), body, at)
        db.session.commit()
    except webhook.BadMessage as refused:
        return jsonify(detail=str(refused)), 400
    except OSError:
        current_app.logger.exception("a message could not be kept: its gateway is told to send it again")
        return jsonify(detail="it cannot be kept now, send it again later"), 503
    except IntegrityError:  # sent again, as its answer was lost, or by somebody who listened
        db.session.rollback()
        return jsonify(kept=True, again=True)
    return jsonify(kept=True), 202
