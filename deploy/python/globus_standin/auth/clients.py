"""Who a client is (§1.1): Basic authentication, and registration of the command line client."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import uuid
from urllib.parse import unquote_plus

from ..messages import Reply, Request, json_reply
from ..model import Client
from ..world import World
from .errors import oauth_error


def authenticate(world: World, request: Request) -> Client:
    """The client of a token, revoke or introspect call; 401 ``invalid_client`` otherwise."""
    client_id, secret = _credentials(request)
    client = world.clients.get(client_id)
    if client is None:
        raise oauth_error("invalid_client", 401)
    if client.secret is not None and not hmac.compare_digest(client.secret, secret):
        raise oauth_error("invalid_client", 401)
    return client


def _credentials(request: Request) -> tuple[str, str]:
    """Id and secret of a Basic header; a public client names itself in the form instead."""
    basic = request.authorization("Basic")
    if not basic:
        return request.form().get("client_id", ""), ""
    try:
        client_id, _, secret = base64.b64decode(basic, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def register(world: World, request: Request) -> Reply:
    """``POST /v2/api/clients``: the command line client asks for credentials of its own."""
    wanted = (request.json() or {}).get("client", {})
    template = world.clients.get(wanted.get("template_id", ""))
    if template is None:
        raise oauth_error("invalid_request")
    client = Client(str(uuid.uuid4()), secrets.token_urlsafe(24),
                    wanted.get("name") or template.name, template_id=template.id)
    world.clients[client.id] = client
    credential = {"id": str(uuid.uuid4()), "client": client.id, "name": client.name,
                  "secret": client.secret}
    return json_reply(
        {"client": {"id": client.id, "name": client.name, "template_id": template.id},
         "included": {"client_credential": credential}}, 201)
