"""The authorize call (§1.2): check the request, ask the person, send the browser back."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from ..messages import Refusal, Reply, Request, html_reply, redirect
from ..model import Client, Identity, Session
from ..web import consent_page
from ..world import World
from .scopes import ScopePath, UnknownScope, parse, resource_server
from .tokens import Grant

AUTH_CODE_PAGE = "/v2/web/auth-code"


@dataclass
class Authorization:
    """A checked authorize request."""

    client: Client
    redirect_uri: str
    paths: dict[str, tuple[ScopePath, ...]]
    fields: dict[str, str]

    def listed(self, name: str) -> list[str]:
        """A comma-separated ``session_required_*`` parameter."""
        values = self.fields.get(name, "").split(",")
        return [v.strip().removeprefix("urn:globus:auth:identity:") for v in values if v.strip()]

    @property
    def demands_login(self) -> bool:
        """Whether an existing browser session is not enough."""
        asks = any(v for n, v in self.fields.items() if n.startswith("session_required_"))
        return asks or self.fields.get("prompt") == "login"


def show(world: World, request: Request) -> Reply:
    """``GET /v2/oauth2/authorize``: the consent page, or the answer set by ``/control/auto``."""
    authorization = check(world, request.query_string)
    if not world.auto:
        page = consent_page.render(world, authorization, request.query_string)
        return html_reply(page)
    if world.auto.get("deny"):
        return deny(world, authorization)
    request.identity = world.auto["identity"]
    return approve(world, authorization, world.identities[world.auto["identity"]])


def decide(world: World, request: Request) -> Reply:
    """The consent page's form: which button was pressed."""
    form = request.form()
    authorization = check(world, form.get("request", ""))
    identity = world.identities.get(form.get("identity", ""))
    if identity is None:
        return deny(world, authorization)
    request.identity = identity.id
    return approve(world, authorization, identity)


def check(world: World, query_string: str) -> Authorization:
    """Refuse what Globus refuses on a page of its own, without sending the browser back."""
    parsed = parse_qs(query_string, keep_blank_values=True)
    fields = {name: values[-1] for name, values in parsed.items()}
    client = world.clients.get(fields.get("client_id", ""))
    if client is None:
        raise _dead_end("Unknown client", "No application is registered with this client_id.")
    redirect_uri = fields.get("redirect_uri", "")
    if not _is_registered(world, client, redirect_uri):
        raise _dead_end("Mismatching redirect URI",
                        f"{redirect_uri!r} is not registered for this application.")
    if fields.get("response_type") != "code":
        raise _dead_end("Unsupported response type", "response_type has to be 'code'.")
    if fields.get("code_challenge") and fields.get("code_challenge_method") != "S256":
        raise _dead_end("Unsupported code challenge", "code_challenge_method has to be 'S256'.")
    return Authorization(client, redirect_uri, _requested_paths(world, fields), fields)


def _is_registered(world: World, client: Client, redirect_uri: str) -> bool:
    """Byte for byte; the command line client uses a page of Globus Auth itself."""
    own_page = client.template_id and redirect_uri == world.base_url + AUTH_CODE_PAGE
    return redirect_uri in client.redirect_uris or bool(own_page)


def _requested_paths(world: World, fields: dict[str, str]) -> dict[str, tuple[ScopePath, ...]]:
    try:
        return group_by_server(world, fields.get("scope", ""))
    except UnknownScope as unknown:
        raise _dead_end("Unknown scope", f"There is no scope {unknown}.") from None


def group_by_server(world: World, scope: str) -> dict[str, tuple[ScopePath, ...]]:
    """Requested scope paths under the resource server of their top-level scope."""
    grouped: dict[str, tuple[ScopePath, ...]] = {}
    for path in parse(scope):
        resource_server(path[-1], world.endpoints)
        server = resource_server(path[0], world.endpoints)
        grouped[server] = (*grouped.get(server, ()), path)
    if not grouped:
        raise UnknownScope(scope)
    return grouped


def approve(world: World, authorization: Authorization, identity: Identity) -> Reply:
    """Record the login and send the browser back with a code."""
    fields = authorization.fields
    session = _session(world, authorization, identity)
    grant = Grant(authorization.client.id, identity.id, authorization.paths, session,
                  fields.get("access_type") == "offline", fields.get("nonce"),
                  fields.get("state"))
    code = world.tokens.issue_code(
        grant, authorization.redirect_uri, fields.get("code_challenge"))
    return _send_back(world, authorization, {"code": code.value})


def deny(world: World, authorization: Authorization) -> Reply:
    return _send_back(world, authorization, {
        "error": "access_denied", "error_description": "The user denied the request."})


def _send_back(world: World, authorization: Authorization, answer: dict[str, str]) -> Reply:
    """Redirect with the state as it came, unless ``/control/auto`` gave another one to send."""
    state = world.auto.get("state", authorization.fields.get("state"))
    if state is not None:
        answer["state"] = state
    separator = "&" if "?" in authorization.redirect_uri else "?"
    return redirect(authorization.redirect_uri + separator + urlencode(answer))


def _session(world: World, authorization: Authorization, identity: Identity) -> Session:
    """The browser's session after this login (§2.10).

    A login that nothing demanded leaves an existing session as old as it is. One that was demanded
    authenticates anew, also with those linked identities that the demand names and the person has.
    """
    existing = world.sessions.get(identity.id)
    if existing and not authorization.demands_login:
        return existing
    domains = authorization.listed("session_required_single_domain")
    named = authorization.listed("session_required_identities")
    proven = {identity.id} | (existing.identities if existing else frozenset())
    proven |= {i.id for i in world.identity_set(identity.id)
               if i.id in named or i.username.partition("@")[2] in domains}
    policies = set(authorization.listed("session_required_policies"))
    policies |= existing.policies if existing else frozenset()
    session = Session(int(world.now()), frozenset(proven), frozenset(policies))
    world.sessions[identity.id] = session
    return session


def _dead_end(title: str, text: str) -> Refusal:
    return Refusal(html_reply(consent_page.render_error(title, text), 400))
