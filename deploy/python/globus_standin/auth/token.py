"""The token call with its three grants, and revoke, introspect, validate (§1.4, §1.7, §1.8)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from ..messages import Reply, Request, json_reply
from ..model import Client, Session
from ..world import World
from .authorize import group_by_server
from .clients import authenticate
from .errors import oauth_error
from .id_token import issue_id_token
from .keys import b64url
from .scopes import AUTH_SERVER, TRANSFER_SERVER, UnknownScope
from .tokens import REFRESH, Code, Grant, Token


def exchange_code(world: World, request: Request) -> Reply:
    """``grant_type=authorization_code``: every token the login allowed, in one answer."""
    client, form = authenticate(world, request), request.form()
    code = world.tokens.codes.get(form.get("code", ""))
    if code is None or not _is_valid(world, code, client, form):
        raise invalid_grant(world)
    code.used = True
    request.identity = code.grant.identity_id
    return json_reply(_token_response(world, code.grant))


def _is_valid(world: World, code: Code, client: Client, form: dict[str, str]) -> bool:
    """Unused, in time, and presented by whom and as it was asked for, with its PKCE verifier."""
    fresh = not code.used and code.expires_at > world.now()
    bound = (code.grant.client_id == client.id
             and code.redirect_uri == form.get("redirect_uri", ""))
    return fresh and bound and _verifier_matches(code.challenge, form.get("code_verifier", ""))


def _verifier_matches(challenge: str | None, verifier: str) -> bool:
    if not challenge:
        return not verifier
    expected = b64url(hashlib.sha256(verifier.encode()).digest())
    return hmac.compare_digest(expected, challenge)


def refresh(world: World, request: Request) -> Reply:
    """``grant_type=refresh_token``: one resource server, and always a refresh token with it."""
    client = authenticate(world, request)
    token = world.tokens.live(request.form().get("refresh_token", ""), REFRESH)
    if token is None or token.grant.client_id != client.id:
        raise invalid_grant(world)
    request.identity = token.grant.identity_id
    access, refreshed = world.tokens.refresh(token)
    return json_reply({**_token_entry(access, refreshed), "other_tokens": []})


def client_credentials(world: World, request: Request) -> Reply:
    """``grant_type=client_credentials``: the client acts as its own identity (§3.3 step 6)."""
    client = authenticate(world, request)
    if client.secret is None or client.id not in world.identities:
        raise oauth_error("unauthorized_client")
    try:
        paths = group_by_server(world, request.form().get("scope", ""))
    except UnknownScope:
        raise oauth_error("invalid_scope") from None
    request.identity = client.id
    session = Session(int(world.now()), frozenset({client.id}))
    return json_reply(_token_response(world, Grant(client.id, client.id, paths, session)))


def unsupported_grant(world: World, request: Request) -> Reply:
    authenticate(world, request)
    raise oauth_error("unsupported_grant_type")


def invalid_grant(world: World) -> Exception:
    """400 in production, 401 in the official client's canned data: a setting decides (§0.9)."""
    return oauth_error("invalid_grant", world.settings.invalid_grant_status)


def _token_response(world: World, grant: Grant) -> dict[str, Any]:
    """One token at the top, the others in ``other_tokens``; which is on top is not fixed."""
    first = TRANSFER_SERVER if world.settings.transfer_token_first else AUTH_SERVER
    servers = sorted(grant.paths, key=lambda server: (server != first, server))
    issued = [world.tokens.issue(grant, server) for server in servers]
    entries = [_token_entry(access, refresh_token) for access, refresh_token in issued]
    top, *others = entries
    if ("openid",) in grant.paths.get(AUTH_SERVER, ()):
        access = next(a for a, _ in issued if a.resource_server == AUTH_SERVER)
        top["id_token"] = issue_id_token(world, grant, access.value)
    return {**top, "other_tokens": others}


def _token_entry(access: Token, refresh_token: Token | None) -> dict[str, Any]:
    assert access.expires_at is not None
    entry = {
        "access_token": access.value, "scope": access.scope, "token_type": "Bearer",
        "expires_in": int(access.expires_at - access.issued_at),
        "resource_server": access.resource_server,
    }
    if refresh_token is not None:
        entry["refresh_token"] = refresh_token.value
    if access.grant.state is not None:
        entry["state"] = access.grant.state
    return entry


def revoke(world: World, request: Request) -> Reply:
    """Idempotent; a token of another client is left alone, and nobody learns whether it exists."""
    client = authenticate(world, request)
    token = world.tokens.tokens.get(request.form().get("token", ""))
    if token and client.id in _family(world, token):
        request.identity = token.grant.identity_id
        token.revoked = True
    return json_reply({"active": False})


def _family(world: World, token: Token) -> set[str | None]:
    """The token's client and the template it was made from."""
    client = world.clients.get(token.grant.client_id)
    return {token.grant.client_id, client.template_id if client else None}


def introspect(world: World, request: Request) -> Reply:
    client = authenticate(world, request)
    form = request.form()
    token = world.tokens.live(form.get("token", ""))
    if token is None or token.grant.client_id != client.id:
        return json_reply({"active": False})
    request.identity = token.grant.identity_id
    return json_reply(_introspection(world, token, form.get("include", "").split(",")))


def _introspection(world: World, token: Token, include: list[str]) -> dict[str, Any]:
    identity = world.identities[token.grant.identity_id]
    document: dict[str, Any] = {
        "active": True, "token_type": "Bearer", "scope": token.scope,
        "client_id": token.grant.client_id, "username": identity.username,
        "name": identity.name, "email": identity.email, "exp": token.expires_at,
        "iat": token.issued_at, "nbf": token.issued_at, "sub": identity.id,
        "aud": [token.resource_server, token.grant.client_id], "iss": world.base_url,
    }
    if "identity_set" in include:
        document["identity_set"] = [i.id for i in world.identity_set(identity.id)]
    if "session_info" in include:
        session = token.grant.session
        authentication: dict[str, Any] = {
            "idp": None, "auth_time": session.auth_time, "acr": None, "amr": None,
            "custom_claims": {}}
        document["session_info"] = {
            "session_id": f"{token.grant.client_id[:8]}-session",
            "authentications": dict.fromkeys(sorted(session.identities), authentication)}
    return document


def validate(world: World, request: Request) -> Reply:
    """What the command line client asks before it trusts a stored token."""
    client = authenticate(world, request)
    token = world.tokens.live(request.form().get("token", ""))
    return json_reply({"active": token is not None and token.grant.client_id == client.id})
