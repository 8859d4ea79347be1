"""Error documents of Transfer (§2.1, §2.10)."""

from __future__ import annotations

import json
from typing import Any

from ..auth.scopes import TRANSFER_ALL, data_access
from ..messages import Refusal, json_reply
from ..model import Endpoint
from .results import request_id

BAD_REQUEST = "ClientError.BadRequest"


def transfer_error(status: int, code: str, message: str, resource: str = "",
                   **members: Any) -> Refusal:
    document = {"code": code, "message": message, "request_id": request_id(),
                "resource": resource, **members}
    return Refusal(json_reply(document, status))


def bad_request(message: str, resource: str = "") -> Refusal:
    return transfer_error(400, BAD_REQUEST, message, resource)


def permission_denied(message: str, resource: str = "") -> Refusal:
    return transfer_error(403, "PermissionDenied", message, resource)


def not_found(endpoint_id: str, resource: str = "") -> Refusal:
    return transfer_error(404, "EndpointNotFound", f"No such endpoint '{endpoint_id}'", resource)


def consent_required(endpoint_id: str, resource: str) -> Refusal:
    """Sample A: the token lacks the collection's data_access consent."""
    message = "Missing required data_access consent"
    scopes = [f"{TRANSFER_ALL}[*{data_access(endpoint_id)}]"]
    return transfer_error(
        403, "ConsentRequired", message, resource, required_scopes=scopes,
        authorization_parameters={"session_message": message, "required_scopes": scopes})


def policy_failed(policies: list[str], resource: str) -> Refusal:
    """Sample B: policies come as one comma-joined string here."""
    message = "Failing collection authentication policy"
    return transfer_error(
        403, "AuthPolicyFailed", message, resource,
        authorization_parameters={"session_message": message,
                                  "session_required_policies": ",".join(policies)})


def login_failed(endpoint: Endpoint, operation: str, resource: str, *,
                 domains: list[str] | None = None, identities: list[str] | None = None,
                 in_message_only: bool = False) -> Refusal:
    """Sample C: a 502 that asks for a login, or, with no demand, says there is no account.

    Older servers put the demand only inside the GridFTP text of ``message``.
    """
    demand = {"session_required_single_domain": domains, "session_required_identities": identities}
    demand = {name: values for name, values in demand.items() if values}
    members: dict[str, Any] = {}
    if demand and not in_message_only:
        members["authorization_parameters"] = {
            "session_message": "Session reauthentication required (Globus Transfer)",
            "session_required_identities": identities or [],
            "session_required_single_domain": domains or [], "session_required_mfa": False}
    return transfer_error(
        502, f"ExternalError.{operation}Failed.LoginFailed",
        _gridftp_refusal(endpoint, demand, domains or []), resource, **members)


def _gridftp_refusal(endpoint: Endpoint, demand: dict[str, Any], domains: list[str]) -> str:
    """The server's reply as Transfer quotes it, line ends spelled as backslash sequences."""
    if demand:
        reason = "The identities of this session are not enough for this collection"
        kind = "not_from_allowed_domain" if domains else "authentication_timeout"
        detail: dict[str, Any] = {"DATA_TYPE": f"{kind}#1.0.0", "allowed_domains": domains}
    else:
        reason, detail = "No local account is mapped to your identities", {
            "DATA_TYPE": "invalid_credential#1.0.0"}
    result = {"DATA_TYPE": "result#1.1.0", "authorization_parameters": demand,
              "code": "permission_denied", "detail": detail, "http_response_code": 403,
              "message": reason}
    lines = [
        "530-Login incorrect. : GlobusError: v=1 c=LOGIN_DENIED",
        f"530-GridFTP-Message: {reason}",
        f"530-GridFTP-JSON-Result: {json.dumps(result)}",
        "530 End.", "",
    ]
    return (f"Command Failed: Error (login)\nEndpoint: {endpoint.display_name} ({endpoint.id})\n"
            "Server: 192.0.2.21:443\nMessage: Login Failed\n---\nDetails: "
            + "\\r\\n".join(lines) + "\n")


def operation_failed(endpoint: Endpoint, operation: str, kind: str, text: str,
                     resource: str) -> Refusal:
    """A fault of the endpoint during a file operation: a 502 not to be retried (§0.8)."""
    return transfer_error(
        502, f"ExternalError.{operation}Failed.{kind}",
        f"Command Failed: Error ({kind})\nEndpoint: {endpoint.display_name} ({endpoint.id})\n"
        f"Message: {text}", resource)
