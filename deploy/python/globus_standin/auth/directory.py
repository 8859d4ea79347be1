"""Discovery, keys, userinfo, identity look-up, consents, and the browser's logout (§1.1, §1.6)."""

from __future__ import annotations

import uuid
from typing import Any

from ..messages import Reply, Request, html_reply, json_reply
from ..model import Identity
from ..web import pages
from ..world import World
from .clients import authenticate
from .errors import forbidden, unauthorized
from .id_token import identity_claims, identity_provider
from .scopes import AUTH_SERVER
from .tokens import ACCESS, Token


def openid_configuration(world: World, request: Request) -> Reply:
    base = world.base_url
    return json_reply({
        "issuer": base,
        "authorization_endpoint": f"{base}/v2/oauth2/authorize",
        "userinfo_endpoint": f"{base}/v2/oauth2/userinfo",
        "token_endpoint": f"{base}/v2/oauth2/token",
        "revocation_endpoint": f"{base}/v2/oauth2/token/revoke",
        "jwks_uri": f"{base}/jwk.json",
        "response_types_supported": ["code", "token", "token id_token", "id_token"],
        "id_token_signing_alg_values_supported": ["RS512"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "claims_supported": ["at_hash", "aud", "email", "exp", "iat", "identity_set", "iss", "name",
                             "nonce", "preferred_username", "sub"],
        "subject_types_supported": ["public"],
    })


def jwks(world: World, request: Request) -> Reply:
    return json_reply(world.keys.jwks(world.settings.key_ids))


def userinfo(world: World, request: Request) -> Reply:
    token = _auth_token(world, request)
    if ("openid",) not in token.paths:
        raise forbidden()
    return json_reply(identity_claims(world, token.grant))


def identities(world: World, request: Request) -> Reply:
    """By ``usernames`` or ``ids``; ``provision`` makes unknown usernames known (§2.8)."""
    if request.authorization("Basic"):
        authenticate(world, request)
    else:
        _auth_token(world, request)
    if usernames := request.param("usernames"):
        provision = request.param("provision").lower() in ("1", "true")
        found = [_by_username(world, name, provision) for name in usernames.split(",")]
    else:
        found = [world.identities.get(i) for i in request.param("ids").split(",")]
    return json_reply({"identities": [_identity(i) for i in found if i is not None]})


def _by_username(world: World, username: str, provision: bool) -> Identity | None:
    for identity in world.identities.values():
        if identity.username == username.lower():
            return identity
    if not provision:
        return None
    identity = Identity(str(uuid.uuid4()), username.lower())
    world.identities[identity.id] = identity
    return identity


def _identity(identity: Identity) -> dict[str, Any]:
    return {"id": identity.id, "username": identity.username, "name": identity.name,
            "email": identity.email, "organization": identity.organization, "status": "used",
            "identity_type": "login",
            "identity_provider": identity_provider(identity)["identity_provider"]}


def consents(world: World, request: Request, identity_id: str) -> Reply:
    """The caller's own consents to the calling client, as a forest of dependency paths."""
    token = _auth_token(world, request)
    if token.grant.identity_id != identity_id:
        raise forbidden()
    agreed = world.tokens.consents.get((token.grant.client_id, identity_id), {})
    numbers = {path: number for number, path in enumerate(agreed, 1)}
    return json_reply({"consents": [
        {
            "id": number, "status": "approved", "scope_name": path[-1],
            "scope": str(uuid.uuid5(uuid.NAMESPACE_URL, path[-1])),
            "dependency_path": [numbers[path[: n + 1]] for n in range(len(path))],
            "client": token.grant.client_id, "effective_identity": identity_id,
            "created": world.timestamp(agreed[path]), "updated": world.timestamp(agreed[path]),
            "last_used": world.timestamp(), "allows_refresh": True, "auto_approved": False,
            "atomically_revocable": len(path) > 1,
        }
        for path, number in numbers.items()
    ]})


def logout(world: World, request: Request) -> Reply:
    """Ends the browser's sessions and offers a way back; it never redirects by itself (§1.8)."""
    world.sessions.clear()
    client_id = request.param("client_id") or request.param("client")
    return html_reply(pages.logged_out(
        request.param("redirect_uri"), request.param("redirect_name"), client_id in world.clients))


def _auth_token(world: World, request: Request) -> Token:
    token = world.tokens.live(request.authorization("Bearer"), ACCESS)
    if token is None or token.resource_server != AUTH_SERVER:
        raise unauthorized()
    request.identity = token.grant.identity_id
    return token
