"""Who may do what: roles, permissions, accounts, consents and sessions (§2, §2.8, §2.9, §2.10)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ..auth.scopes import TRANSFER_ALL, data_access
from ..auth.tokens import Token
from ..messages import Request
from ..model import GCP_MAPPED, GCP_TYPES, GCSV5_ENDPOINT, GCSV5_MAPPED, AccessRule, Endpoint
from ..world import World
from .errors import (
    consent_required, login_failed, not_found, operation_failed, permission_denied, policy_failed,
    transfer_error,
)

ADMINISTRATOR = "administrator"
ALL_ROLES = [ADMINISTRATOR, "access_manager", "activity_manager", "activity_monitor"]
CAN_MANAGE_RULES = {ADMINISTRATOR, "access_manager"}


@dataclass(frozen=True)
class User:
    """The person or application behind a token: all linked identities together count (§2)."""

    id: str
    username: str
    identities: frozenset[str]

    @staticmethod
    def of(world: World, identity_id: str) -> User:
        linked = world.identity_set(identity_id)
        return User(identity_id, world.identities[identity_id].username,
                    frozenset(identity.id for identity in linked))


def calling_user(world: World, request: Request) -> User:
    assert request.token is not None
    return User.of(world, request.token.grant.identity_id)


def effective_roles(endpoint: Endpoint, user: User) -> list[str]:
    """The owner of a personal or guest collection is its administrator."""
    if endpoint.owner_id in user.identities:
        return list(ALL_ROLES)
    held = {r.role for r in endpoint.roles if r.principal in user.identities}
    return list(ALL_ROLES) if ADMINISTRATOR in held else [r for r in ALL_ROLES if r in held]


def is_visible(endpoint: Endpoint, user: User) -> bool:
    """Public ones to all; private ones to those with a role or a permission of their own."""
    named = any(rule.principal in user.identities for rule in endpoint.rules)
    return bool(endpoint.get("public") or named or effective_roles(endpoint, user))


def find_endpoint(world: World, user: User, endpoint_id: str, resource: str) -> Endpoint:
    """The endpoint, or 404 when it is gone or hidden (§2.3)."""
    endpoint = world.endpoints.get(endpoint_id)
    if endpoint and endpoint.deleted:
        raise transfer_error(404, "EndpointDeleted", f"Endpoint '{endpoint_id}' was deleted",
                             resource)
    if endpoint is None or not is_visible(endpoint, user):
        raise not_found(endpoint_id, resource)
    return endpoint


def find_administered(world: World, request: Request, endpoint_id: str) -> Endpoint:
    """An endpoint that the caller administers; 403 otherwise (§2.9)."""
    user = calling_user(world, request)
    endpoint = find_endpoint(world, user, endpoint_id, request.path)
    if ADMINISTRATOR not in effective_roles(endpoint, user):
        raise permission_denied("Only an administrator may do this", request.path)
    return endpoint


def may(world: World, endpoint: Endpoint, user: User, path: str, permission: str) -> bool:
    """Whether the user's identities may read ('r') or write ('w') at a path of the collection."""
    if permission == "w" and endpoint.read_only:
        return False
    if endpoint.is_guest:
        managed = CAN_MANAGE_RULES & set(effective_roles(endpoint, user))
        return bool(managed) or any(
            permission in rule.permissions and covers(rule, path) and applies(world, rule, user)
            for rule in endpoint.rules)
    if endpoint.entity_type == GCP_MAPPED:
        return ADMINISTRATOR in effective_roles(endpoint, user)
    return endpoint.entity_type == GCSV5_MAPPED and has_account(endpoint, user)


def has_account(endpoint: Endpoint, user: User) -> bool:
    return bool(user.identities & set(endpoint.local_users))


def covers(rule: AccessRule, path: str) -> bool:
    """A rule holds for its directory and everything below."""
    return (posixpath.normpath(path) + "/").startswith(rule.path) or rule.path == "/"


def applies(world: World, rule: AccessRule, user: User) -> bool:
    if rule.expiration_date and rule.expiration_date <= world.timestamp():
        return False
    everyone = rule.principal_type in ("all_authenticated_users", "anonymous")
    return everyone or rule.principal in user.identities


def require_usable(endpoint: Endpoint, user: User, resource: str) -> None:
    """Refuse what no transfer or listing can ever use: bare servers, old ones, foreign laptops."""
    if endpoint.entity_type == GCSV5_ENDPOINT or endpoint.entity_type.startswith("GCSv4"):
        raise transfer_error(409, "ClientError.Conflict",
                             f"Endpoint '{endpoint.display_name}' cannot move data", resource)
    if endpoint.entity_type == GCP_MAPPED and ADMINISTRATOR not in effective_roles(endpoint, user):
        raise permission_denied(
            "A mapped collection of Globus Connect Personal is for its owner only", resource)


def require_consent_and_session(world: World, endpoint: Endpoint, token: Token, operation: str,
                                resource: str) -> None:
    """The three demands of §2.10: consent (A), policy (B), session (C).

    An application has no browser to log in with, so sessions are not asked of it (§3.3 step 6).
    """
    wanted = (TRANSFER_ALL, data_access(endpoint.id))
    if endpoint.needs_data_access and not world.tokens.consented(token, wanted):
        raise consent_required(endpoint.id, resource)
    session = token.grant.session
    if token.grant.identity_id == token.grant.client_id:
        return
    policy = endpoint.get("authentication_policy_id")
    if policy and policy not in session.policies:
        raise policy_failed([policy], resource)
    in_message_only = world.settings.login_failed_in_message_only
    domains = {world.identities[i].username.partition("@")[2] for i in session.identities}
    if endpoint.allowed_domains and not domains & set(endpoint.allowed_domains):
        raise login_failed(endpoint, operation, resource, domains=endpoint.allowed_domains,
                           in_message_only=in_message_only)
    timeout = endpoint.get("authentication_timeout_mins")
    if timeout and world.now() - session.auth_time >= timeout * 60:
        raise login_failed(endpoint, operation, resource, identities=[token.grant.identity_id],
                           in_message_only=in_message_only)


def require_reachable(world: World, endpoint: Endpoint, user: User, operation: str,
                      resource: str) -> None:
    """A file operation needs the endpoint to be there and to know the user (§2.4)."""
    if endpoint.pause_message is not None:
        raise transfer_error(409, "OperationPaused", endpoint.pause_message, resource)
    if endpoint.entity_type in GCP_TYPES and not endpoint.get("gcp_connected"):
        raise operation_failed(endpoint, operation, "GCDisconnected",
                               "The endpoint is not currently connected", resource)
    if endpoint.entity_type in GCP_TYPES and endpoint.get("gcp_paused"):
        raise operation_failed(endpoint, operation, "GCPaused",
                               "The endpoint is paused by its owner", resource)
    if endpoint.entity_type == GCSV5_MAPPED and not has_account(endpoint, user):
        raise login_failed(endpoint, operation, resource)
