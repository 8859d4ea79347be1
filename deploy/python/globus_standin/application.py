"""Between the sockets and the handlers: the log, the faults, and who is calling."""

from __future__ import annotations

import traceback
from typing import Any

from .auth.scopes import TRANSFER_SERVER
from .auth.tokens import ACCESS
from .faults import Delivery, Fault
from .messages import Refusal, Reply, Request, json_reply
from .model import Endpoint
from .routes import CONTROL, TRANSFER, Route, find, known_calls
from .samples import sample_reply
from .transfer.errors import transfer_error
from .world import World


class Standin:
    """Answers every request under the world's lock, one at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.known_calls = known_calls()

    def answer(self, request: Request) -> Delivery:
        found = find(request)
        route, parts = found if found else (None, {})
        with self.world.lock:
            if route and route.group == CONTROL:
                delivery = Delivery(self._handle(route, request, parts))
            else:
                delivery = self._answer_logged(route, request, parts)
            if request.method != "GET":
                self.world.changed.notify_all()
        return delivery

    def _answer_logged(self, route: Route | None, request: Request,
                       parts: dict[str, str]) -> Delivery:
        entry = self._log(route, request)
        fault = self.world.faults.take(route.call, route.wildcard) if route else None
        if route is None:
            reply = transfer_error(404, "ClientError.NotFound", "No such call", request.path).reply
        elif fault and not fault.carries_out:
            reply = self._canned(fault, route, request, parts)
        else:
            reply = self._handle(route, request, parts)
            if fault and fault.replaces_reply:
                reply = self._canned(fault, route, request, parts)
        entry |= {"identity": request.identity, "status": reply.status, "fault": fault is not None}
        return fault.deliver(reply) if fault else Delivery(reply)

    def _log(self, route: Route | None, request: Request) -> dict[str, Any]:
        """Secrets are shown as sent: this is a tool for tests, and nothing here is secret."""
        token = self.world.tokens.live(request.authorization("Bearer"))
        request.identity = token.grant.identity_id if token else None
        entry = {
            "time": self.world.now(), "call": route.call if route else "unknown",
            "method": request.method, "path": request.path, "query": request.query_string,
            "identity": request.identity, "connection": request.connection,
            "headers": request.headers, "body": request.body.decode("utf-8", "replace"),
        }
        self.world.log.append(entry)
        return entry

    def _handle(self, route: Route, request: Request, parts: dict[str, str]) -> Reply:
        try:
            if route.group == TRANSFER:
                self._authenticate(request)
            return route.handler(self.world, request, **parts)
        except Refusal as refusal:
            return refusal.reply
        except Exception:
            traceback.print_exc()
            return json_reply({"code": "InternalError", "message": traceback.format_exc()}, 500)

    def _authenticate(self, request: Request) -> None:
        """Transfer tells missing credentials (400) from bad ones (401) (§2.1)."""
        bearer = request.authorization("Bearer")
        if not bearer:
            raise transfer_error(400, "ClientError.AuthenticationFailed",
                                 "No credentials supplied", request.path)
        request.token = self.world.tokens.live(bearer, ACCESS)
        if request.token is None or request.token.resource_server != TRANSFER_SERVER:
            raise transfer_error(401, "ClientError.AuthenticationFailed",
                                 "Token is not valid", request.path)

    def _canned(self, fault: Fault, route: Route, request: Request,
                parts: dict[str, str]) -> Reply:
        if fault.sample is None:
            return fault.canned_reply()
        endpoint = self._endpoint_of(request, parts)
        reply = sample_reply(fault.sample, endpoint, route.call, request.path)
        reply.status = fault.status or reply.status
        return reply

    def _endpoint_of(self, request: Request, parts: dict[str, str]) -> Endpoint | None:
        """The endpoint a call is about: in its path, or where a submission goes."""
        body = request.json() or {}
        wanted = parts.get("endpoint_id") or body.get("destination_endpoint", "")
        return self.world.endpoints.get(wanted)
