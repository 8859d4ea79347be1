"""Ready-made failures that ``/control/fail`` names with ``sample`` (§2.1, §2.10, §2.11, §5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from .auth.errors import forbidden, oauth_error, unauthorized
from .faults import body_reply
from .messages import Refusal, Reply
from .model import GCSV5_MAPPED, Endpoint
from .transfer import errors

POLICY_ID = "b0111c00-0000-4000-8000-000000000001"
NO_ENDPOINT = Endpoint("e0000000-0000-4000-8000-0000000000ff", GCSV5_MAPPED, Path(), "",
                       "Some collection")
OPERATIONS = {"ls": "DirListing", "stat": "Stat", "mkdir": "Mkdir", "rename": "Rename"}


class Situation:
    """Which endpoint and which call a failure is about."""

    def __init__(self, endpoint: Endpoint, call: str, resource: str) -> None:
        self.endpoint = endpoint
        self.operation = OPERATIONS.get(call, "Transfer")
        self.resource = resource

    def transfer(self, status: int, code: str, message: str) -> Refusal:
        return errors.transfer_error(status, code, message, self.resource)

    def failed(self, kind: str, text: str) -> Refusal:
        return errors.operation_failed(self.endpoint, self.operation, kind, text, self.resource)

    def login_failed(self, in_message_only: bool) -> Refusal:
        return errors.login_failed(self.endpoint, self.operation, self.resource,
                                   domains=["hpc.example"], in_message_only=in_message_only)


def _plain(status: int, body: str) -> Callable[[Situation], Refusal]:
    return lambda situation: Refusal(body_reply(status, body))


def _document(status: int, code: str, message: str) -> Callable[[Situation], Refusal]:
    return lambda situation: situation.transfer(status, code, message)


SAMPLES: dict[str, Callable[[Situation], Refusal]] = {
    "consent_required": lambda s: errors.consent_required(s.endpoint.id, s.resource),
    "policy_failed": lambda s: errors.policy_failed([POLICY_ID], s.resource),
    "login_failed": partial(Situation.login_failed, in_message_only=False),
    "login_failed_in_message": partial(Situation.login_failed, in_message_only=True),
    "gc_disconnected": lambda s: s.failed("GCDisconnected", "The endpoint is not connected"),
    "not_directory": lambda s: s.failed("NotDirectory", "Not a directory"),
    "endpoint_error": _document(502, "EndpointError", "The endpoint could not be reached"),
    "endpoint_not_found": _document(404, "EndpointNotFound", "No such endpoint"),
    "endpoint_deleted": _document(404, "EndpointDeleted", "The endpoint was deleted"),
    "not_found": _document(404, "ClientError.NotFound", "Path not found"),
    "permission_denied": _document(403, "PermissionDenied", "Permission denied"),
    "path_not_allowed": _document(403, "EndpointPermissionDenied", "Path not allowed"),
    "authentication_failed": _document(
        401, "ClientError.AuthenticationFailed", "Token is not valid"),
    "no_credentials": _document(400, "ClientError.AuthenticationFailed", "No credentials supplied"),
    "too_many_pending_jobs": _document(
        409, "ClientError.Conflict.TooManyPendingJobs", "You already have 100 pending tasks"),
    "conflict": _document(409, "ClientError.Conflict", "The request conflicts with another one"),
    "limit_exceeded": _document(409, "LimitExceeded", "More than 1000 access rules"),
    "rate_limited": _document(429, "ClientError.TooManyRequests", "Too many requests"),
    "service_unavailable": _document(503, "ServiceUnavailable", "Down for maintenance"),
    "internal_error": _plain(500, "<!doctype html><title>500</title><h1>Server Error</h1>"),
    "bad_gateway": _plain(502, "Uh-oh!"),
    "garbage": lambda s: Refusal(Reply(200, b'{"DATA_TYPE": "endpoint_l\xff\x00[[[')),
    "invalid_grant": lambda s: oauth_error("invalid_grant"),
    "invalid_client": lambda s: oauth_error("invalid_client", 401),
    "unauthorized": lambda s: unauthorized(),
    "forbidden": lambda s: forbidden(),
}


def sample_reply(name: str, endpoint: Endpoint | None, call: str, resource: str) -> Reply:
    """The named failure, about the endpoint of the call when it has one."""
    endpoint = endpoint or NO_ENDPOINT
    return SAMPLES[name](Situation(endpoint, call, resource)).reply
