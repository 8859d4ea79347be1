"""The one table: method and path, the call's name in the contract (§5), and its handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import control
from .auth import authorize, clients, directory, token
from .faults import ANY_AUTH, ANY_TRANSFER
from .messages import Reply, Request
from .transfer import collections, operations, permissions, search, submission, task_calls
from .web import pages

AUTH, TRANSFER, WEB, CONTROL = "auth", "transfer", "web", "control"
WILDCARDS = {AUTH: ANY_AUTH, TRANSFER: ANY_TRANSFER}

Handler = Callable[..., Reply]


@dataclass(frozen=True)
class Route:
    """``grant`` tells apart the calls that share the token path."""

    method: str
    path: str
    call: str
    handler: Handler
    group: str
    grant: str | None = None

    @property
    def wildcard(self) -> str | None:
        return WILDCARDS.get(self.group)

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


def _group(group: str, *rows: tuple) -> tuple[Route, ...]:
    return tuple(Route(*row[:4], group, *row[4:]) for row in rows)


ROUTES: tuple[Route, ...] = (
    *_group(
        AUTH,
        ("GET", "/v2/oauth2/authorize", "authorize", authorize.show),
        ("POST", "/v2/oauth2/authorize", "authorize: decision", authorize.decide),
        ("POST", "/v2/oauth2/token", "token: authorization_code", token.exchange_code,
         "authorization_code"),
        ("POST", "/v2/oauth2/token", "token: refresh_token", token.refresh, "refresh_token"),
        ("POST", "/v2/oauth2/token", "token: client_credentials", token.client_credentials,
         "client_credentials"),
        ("POST", "/v2/oauth2/token", "token", token.unsupported_grant),
        ("POST", "/v2/oauth2/token/revoke", "revoke", token.revoke),
        ("POST", "/v2/oauth2/token/introspect", "introspect", token.introspect),
        ("POST", "/v2/oauth2/token/validate", "validate", token.validate),
        ("GET", "/v2/oauth2/userinfo", "userinfo", directory.userinfo),
        ("GET", "/.well-known/openid-configuration", "openid-configuration",
         directory.openid_configuration),
        ("GET", "/jwk.json", "jwk.json", directory.jwks),
        ("GET", "/v2/api/identities", "identities", directory.identities),
        ("GET", "/v2/api/identities/{identity_id}/consents", "consents", directory.consents),
        ("POST", "/v2/api/clients", "create client", clients.register),
    ),
    *_group(
        TRANSFER,
        ("GET", "/v0.10/endpoint_search", "endpoint_search", search.endpoint_search),
        ("GET", "/v0.10/endpoint/{endpoint_id}", "get endpoint", search.get_endpoint),
        ("GET", "/v0.10/operation/endpoint/{endpoint_id}/ls", "ls", operations.ls),
        ("GET", "/v0.10/operation/endpoint/{endpoint_id}/stat", "stat", operations.stat),
        ("POST", "/v0.10/operation/endpoint/{endpoint_id}/mkdir", "mkdir", operations.mkdir),
        ("POST", "/v0.10/operation/endpoint/{endpoint_id}/rename", "rename", operations.rename),
        ("GET", "/v0.10/submission_id", "submission_id", submission.submission_id),
        ("POST", "/v0.10/transfer", "submit", submission.submit),
        ("GET", "/v0.10/task_list", "task_list", task_calls.task_list),
        ("GET", "/v0.10/task/{task_id}", "task get", task_calls.get_task),
        ("PUT", "/v0.10/task/{task_id}", "task update", task_calls.update_task),
        ("POST", "/v0.10/task/{task_id}/cancel", "cancel", task_calls.cancel),
        ("GET", "/v0.10/task/{task_id}/event_list", "event_list", task_calls.event_list),
        ("GET", "/v0.10/task/{task_id}/successful_transfers", "successful_transfers",
         task_calls.successful_transfers),
        ("GET", "/v0.10/task/{task_id}/skipped_errors", "skipped_errors",
         task_calls.skipped_errors),
        ("GET", "/v0.10/task/{task_id}/pause_info", "pause_info", task_calls.pause_info),
        ("GET", "/v0.10/endpoint/{endpoint_id}/access_list", "access list", permissions.access_list),
        ("POST", "/v0.10/endpoint/{endpoint_id}/access", "access create",
         permissions.access_create),
        ("GET", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access get",
         permissions.access_get),
        ("PUT", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access update",
         permissions.access_update),
        ("DELETE", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access delete",
         permissions.access_delete),
        ("GET", "/v0.10/endpoint/{endpoint_id}/role_list", "role list", permissions.role_list),
        ("POST", "/v0.10/endpoint/{endpoint_id}/role", "role create", permissions.role_create),
        ("GET", "/v0.10/endpoint/{endpoint_id}/role/{role_id}", "role get", permissions.role_get),
        ("DELETE", "/v0.10/endpoint/{endpoint_id}/role/{role_id}", "role delete",
         permissions.role_delete),
        ("POST", "/v0.10/endpoint", "create GCP mapped", collections.create_mapped),
        ("POST", "/v0.10/shared_endpoint", "create guest", collections.create_guest),
        ("PUT", "/v0.10/endpoint/{endpoint_id}/subscription", "subscription",
         collections.set_subscription),
        ("PUT", "/v0.10/endpoint/{endpoint_id}", "update endpoint", collections.update),
        ("DELETE", "/v0.10/endpoint/{endpoint_id}", "delete endpoint", collections.delete),
    ),
    *_group(
        WEB,
        ("GET", "/v2/web/logout", "logout", directory.logout),
        ("GET", authorize.AUTH_CODE_PAGE, "auth-code page", pages.auth_code),
        ("GET", "/v2/web/consents", "consents page", pages.consents),
        ("POST", "/v2/web/consents", "rescind consent", pages.rescind),
        ("GET", "/activity/{task_id}", "task page", pages.task),
        ("GET", "/activity/{task_id}/overview", "task page", pages.task),
        ("GET", "/file-manager", "collection page", pages.collection),
        ("GET", "/file-manager/collections/{endpoint_id}/overview", "collection page",
         pages.collection),
        ("GET", "/activate/{endpoint_id}", "collection page", pages.collection),
        ("POST", "/activate/{endpoint_id}", "activate", pages.activate),
    ),
    *_group(
        CONTROL,
        ("POST", "/control/auto", "control", control.auto),
        ("POST", "/control/fail", "control", control.fail),
        ("POST", "/control/endpoint", "control", control.endpoint),
        ("POST", "/control/task", "control", control.task),
        ("POST", "/control/hold", "control", control.hold),
        ("POST", "/control/speed", "control", control.speed),
        ("POST", "/control/tokens/expire", "control", control.expire_tokens),
        ("POST", "/control/keys/rotate", "control", control.rotate_keys),
        ("POST", "/control/settings", "control", control.settings),
        ("POST", "/control/clock", "control", control.clock),
        ("POST", "/control/reset", "control", control.reset),
        ("GET", "/control/log", "control", control.show_log),
        ("GET", "/control/tasks", "control", control.show_tasks),
        ("GET", "/control/world", "control", control.show_world),
    ),
)

_COMPILED = tuple((route, route.pattern) for route in ROUTES)


def find(request: Request) -> tuple[Route, dict[str, str]] | None:
    """The route of a request and the parts of its path."""
    for route, pattern in _COMPILED:
        match = pattern.fullmatch(request.path)
        if match and route.method == request.method and _grant_fits(route, request):
            return route, match.groupdict()
    return None


def _grant_fits(route: Route, request: Request) -> bool:
    return route.grant is None or request.form().get("grant_type") == route.grant


def known_calls() -> set[str]:
    """Every name that ``/control/fail`` accepts."""
    return {route.call for route in ROUTES if route.group != CONTROL} | set(WILDCARDS.values())
