"""The claims about a person, in ID tokens and in userinfo (§1.6)."""

from __future__ import annotations

import uuid
from typing import Any

from ..model import Identity
from ..world import World
from .keys import at_hash
from .scopes import AUTH_SERVER
from .tokens import Grant

VIEW_IDENTITY_SET = "urn:globus:auth:scope:auth.globus.org:view_identity_set"


def identity_provider(identity: Identity) -> dict[str, str]:
    """A provider for each domain of usernames, with an id that stays the same."""
    domain = identity.username.partition("@")[2]
    return {"identity_provider": str(uuid.uuid5(uuid.NAMESPACE_DNS, domain)),
            "identity_provider_display_name": f"Login of {domain}"}


def identity_claims(world: World, grant: Grant) -> dict[str, Any]:
    """What the granted scopes let the client know."""
    identity = world.identities[grant.identity_id]
    scopes = {path[0] for path in grant.paths.get(AUTH_SERVER, ())}
    claims: dict[str, Any] = {"sub": identity.id}
    if "profile" in scopes:
        claims |= {"name": identity.name, "organization": identity.organization,
                   "preferred_username": identity.username, **identity_provider(identity),
                   "last_authentication": grant.session.auth_time}
    if "email" in scopes:
        claims["email"] = identity.email
    if VIEW_IDENTITY_SET in scopes:
        claims["identity_set"] = [_linked(i, grant) for i in world.identity_set(identity.id)]
    return claims


def _linked(identity: Identity, grant: Grant) -> dict[str, Any]:
    known = identity.id in grant.session.identities
    return {"sub": identity.id, "username": identity.username, "name": identity.name,
            "email": identity.email, "organization": identity.organization,
            **identity_provider(identity),
            "last_authentication": grant.session.auth_time if known else None}


def issue_id_token(world: World, grant: Grant, access_token: str) -> str:
    """A signed ID token; the setting ``id_token_fault`` makes one that has to be refused."""
    now, fault = int(world.now()), world.settings.id_token_fault
    claims = {
        **identity_claims(world, grant), "iss": world.base_url, "aud": grant.client_id,
        "iat": now, "exp": now + 172800, "at_hash": at_hash(access_token),
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    claims |= _wrong_claims(now).get(fault, {})
    return world.keys.encode(claims, world.settings.key_ids, fault)


def _wrong_claims(now: int) -> dict[str, dict[str, Any]]:
    return {
        "aud": {"aud": str(uuid.uuid4())},
        "iss": {"iss": "https://auth.elsewhere.example"},
        "exp": {"iat": now - 259200, "exp": now - 86400},
        "nonce": {"nonce": "not-the-one-that-was-sent"},
    }
