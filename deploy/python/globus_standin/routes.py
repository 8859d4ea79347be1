"""The one table: method and path, the call's name in the contract (§5), and its handler."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

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
    grant: str | None = None
    group: str = ""

    @property
    def wildcard(self) -> str | None:
        return WILDCARDS.get(self.group)

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


def _group(group: str, *routes: Route) -> tuple[Route, ...]:
    return tuple(replace(route, group=group) for route in routes)


ROUTES: tuple[Route, ...] = (
    *_group(
        AUTH,
        Route("GET", "/v2/oauth2/authorize", "authorize", authorize.show),
        Route("POST", "/v2/oauth2/authorize", "authorize: decision", authorize.decide),
        Route("POST", "/v2/oauth2/token", "token: authorization_code", token.exchange_code,
              "authorization_code"),
        Route("POST", "/v2/oauth2/token", "token: refresh_token", token.refresh, "refresh_token"),
        Route("POST", "/v2/oauth2/token", "token: client_credentials", token.client_credentials,
              "client_credentials"),
        Route("POST", "/v2/oauth2/token", "token", token.unsupported_grant),
        Route("POST", "/v2/oauth2/token/revoke", "revoke", token.revoke),
        Route("POST", "/v2/oauth2/token/introspect", "introspect", token.introspect),
        Route("POST", "/v2/oauth2/token/validate", "validate", token.validate),
        Route("GET", "/v2/oauth2/userinfo", "userinfo", directory.userinfo),
        Route("GET", "/.well-known/openid-configuration", "openid-configuration",
              directory.openid_configuration),
        Route("GET", "/jwk.json", "jwk.json", directory.jwks),
        Route("GET", "/v2/api/identities", "identities", directory.identities),
        Route("GET", "/v2/api/identities/{identity_id}/consents", "consents", directory.consents),
        Route("POST", "/v2/api/clients", "create client", clients.register),
    ),
    *_group(
        TRANSFER,
        Route("GET", "/v0.10/endpoint_search", "endpoint_search", search.endpoint_search),
        Route("GET", "/v0.10/endpoint/{endpoint_id}", "get endpoint", search.get_endpoint),
        Route("GET", "/v0.10/operation/endpoint/{endpoint_id}/ls", "ls", operations.ls),
        Route("GET", "/v0.10/operation/endpoint/{endpoint_id}/stat", "stat", operations.stat),
        Route("POST", "/v0.10/operation/endpoint/{endpoint_id}/mkdir", "mkdir", operations.mkdir),
        Route("POST", "/v0.10/operation/endpoint/{endpoint_id}/rename", "rename",
              operations.rename),
        Route("GET", "/v0.10/submission_id", "submission_id", submission.submission_id),
        Route("POST", "/v0.10/transfer", "submit", submission.submit),
        Route("POST", "/v0.10/delete", "submit delete", submission.delete),
        Route("GET", "/v0.10/task_list", "task_list", task_calls.task_list),
        Route("GET", "/v0.10/task/{task_id}", "task get", task_calls.get_task),
        Route("PUT", "/v0.10/task/{task_id}", "task update", task_calls.update_task),
        Route("POST", "/v0.10/task/{task_id}/cancel", "cancel", task_calls.cancel),
        Route("GET", "/v0.10/task/{task_id}/event_list", "event_list", task_calls.event_list),
        Route("GET", "/v0.10/task/{task_id}/successful_transfers", "successful_transfers",
              task_calls.successful_transfers),
        Route("GET", "/v0.10/task/{task_id}/skipped_errors", "skipped_errors",
              task_calls.skipped_errors),
        Route("GET", "/v0.10/task/{task_id}/pause_info", "pause_info", task_calls.pause_info),
        Route("GET", "/v0.10/endpoint/{endpoint_id}/access_list", "access list",
              permissions.access_list),
        Route("POST", "/v0.10/endpoint/{endpoint_id}/access", "access create",
              permissions.access_create),
        Route("GET", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access get",
              permissions.access_get),
        Route("PUT", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access update",
              permissions.access_update),
        Route("DELETE", "/v0.10/endpoint/{endpoint_id}/access/{rule_id}", "access delete",
              permissions.access_delete),
        Route("GET", "/v0.10/endpoint/{endpoint_id}/role_list", "role list", permissions.role_list),
        Route("POST", "/v0.10/endpoint/{endpoint_id}/role", "role create", permissions.role_create),
        Route("GET", "/v0.10/endpoint/{endpoint_id}/role/{role_id}", "role get",
              permissions.role_get),
        Route("DELETE", "/v0.10/endpoint/{endpoint_id}/role/{role_id}", "role delete",
              permissions.role_delete),
        Route("POST", "/v0.10/endpoint", "create GCP mapped", collections.create_mapped),
        Route("POST", "/v0.10/shared_endpoint", "create guest", collections.create_guest),
        Route("PUT", "/v0.10/endpoint/{endpoint_id}/subscription", "subscription",
              collections.set_subscription),
        Route("PUT", "/v0.10/endpoint/{endpoint_id}", "update endpoint", collections.update),
        Route("DELETE", "/v0.10/endpoint/{endpoint_id}", "delete endpoint", collections.delete),
    ),
    *_group(
        WEB,
        Route("GET", "/v2/web/logout", "logout", directory.logout),
        Route("GET", authorize.AUTH_CODE_PAGE, "auth-code page", pages.auth_code),
        Route("GET", "/v2/web/consents", "consents page", pages.consents),
        Route("POST", "/v2/web/consents", "rescind consent", pages.rescind),
        Route("GET", "/activity/{task_id}", "task page", pages.task),
        Route("GET", "/activity/{task_id}/overview", "task page", pages.task),
        Route("GET", "/file-manager", "collection page", pages.collection),
        Route("GET", "/file-manager/collections/{endpoint_id}/overview", "collection page",
              pages.collection),
        Route("GET", "/activate/{endpoint_id}", "collection page", pages.collection),
        Route("POST", "/activate/{endpoint_id}", "activate", pages.activate),
    ),
    *_group(
        CONTROL,
        Route("POST", "/control/auto", "control", control.auto),
        Route("POST", "/control/fail", "control", control.fail),
        Route("POST", "/control/endpoint", "control", control.endpoint),
        Route("POST", "/control/task", "control", control.task),
        Route("POST", "/control/hold", "control", control.hold),
        Route("POST", "/control/speed", "control", control.speed),
        Route("POST", "/control/tokens/expire", "control", control.expire_tokens),
        Route("POST", "/control/keys/rotate", "control", control.rotate_keys),
        Route("POST", "/control/settings", "control", control.settings),
        Route("POST", "/control/clock", "control", control.clock),
        Route("POST", "/control/reset", "control", control.reset),
        Route("GET", "/control/log", "control", control.show_log),
        Route("GET", "/control/tasks", "control", control.show_tasks),
        Route("GET", "/control/world", "control", control.show_world),
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
