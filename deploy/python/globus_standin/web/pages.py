"""Logout, the page that shows a code, and the web app's task and collection pages (§4)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..messages import Refusal, Reply, Request, html_reply, redirect
from ..model import GCP_TYPES, Endpoint
from .layout import definitions, page

if TYPE_CHECKING:
    from ..world import World


def logged_out(redirect_uri: str, redirect_name: str, known_client: bool) -> str:
    """§1.8: a link back for a known client, never an automatic redirect."""
    link = ""
    if known_client and urlsplit(redirect_uri).scheme in ("http", "https"):
        name = redirect_name or redirect_uri
        link = f'<p><a href="{escape(redirect_uri)}">Continue to {escape(name)}</a></p>'
    return page("Logged out of Globus Auth", f"<p>Your Globus session has ended.</p>{link}")


def auth_code(world: World, request: Request) -> Reply:
    """The redirect target of clients without a web server: shows the code to copy."""
    code = request.param("code") or request.param("error")
    return html_reply(page("Authorization Code", (
        "<p>Copy this code into the program that asked for it:</p>"
        f"<p><code>{escape(code)}</code></p>")))


def consents(world: World, request: Request) -> Reply:
    """``/v2/web/consents``: the only place where a person can take a consent back (§1.8)."""
    rows = "".join(
        f'<li><form method="post">{escape(world.clients[client].name)} for '
        f"{escape(world.identities[identity].username)} "
        f'<input type="hidden" name="client" value="{escape(client)}">'
        f'<button name="identity" value="{escape(identity)}">Rescind</button></form></li>'
        for client, identity in world.tokens.consents
    )
    return html_reply(page("Your consents", f"<ul>{rows}</ul>" if rows else "<p>None.</p>"))


def rescind(world: World, request: Request) -> Reply:
    form = request.form()
    world.tokens.rescind(form.get("identity", ""), form.get("client", ""))
    return redirect("/v2/web/consents")


def task(world: World, request: Request, task_id: str) -> Reply:
    """``/activity/{task}/overview``: where "view task" leads."""
    found = world.tasks.get(task_id)
    if found is None:
        raise _not_found("There is no such task.")
    document = found.document(world)
    rows: list[tuple[str, str | None]] = [
        ("Status", document["status"]),
        ("Condition", document["nice_status_short_description"]),
        ("Task ID", task_id),
        ("Source", document["source_endpoint_display_name"]),
        ("Destination", document["destination_endpoint_display_name"]),
        ("Requested", document["request_time"]),
        ("Completed", document["completion_time"]),
        ("Bytes transferred", f"{document['bytes_transferred']:,}"),
        ("Files", f"{document['files_transferred']} of {document['files']}"),
        ("Error", _error_text(document["fatal_error"])),
    ]
    return html_reply(page(document["label"] or "Transfer", definitions(rows),
                           reload_s=0 if found.finished else 2))


def _error_text(fatal_error: dict[str, Any] | None) -> str | None:
    return f"{fatal_error['code']}: {fatal_error['description']}" if fatal_error else None


def collection(world: World, request: Request, endpoint_id: str = "") -> Reply:
    """A collection's page, and with a button what its owner would do to make it usable."""
    endpoint = world.endpoints.get(endpoint_id or request.param("origin_id"))
    if endpoint is None:
        raise _not_found("There is no such collection.")
    rows = [
        ("Collection ID", endpoint.id), ("Type", endpoint.entity_type.replace("_", " ")),
        ("Organization", endpoint.get("organization")),
        ("Contact", endpoint.get("contact_email")), ("Description", endpoint.get("description")),
        ("Status", _connection(endpoint)),
    ]
    return html_reply(page(endpoint.display_name or endpoint.id,
                           definitions(rows) + _remedy(endpoint)))


def _connection(endpoint: Endpoint) -> str | None:
    if endpoint.entity_type not in GCP_TYPES:
        return None
    if not endpoint.get("gcp_connected"):
        return "Globus Connect Personal is not running there"
    return "Paused by its owner" if endpoint.get("gcp_paused") else "Connected"


def _remedy(endpoint: Endpoint) -> str:
    if endpoint.entity_type not in GCP_TYPES:
        return ""
    if not endpoint.get("gcp_connected"):
        label = "Start Globus Connect Personal"
    elif endpoint.get("gcp_paused"):
        label = "Resume Globus Connect Personal"
    else:
        return ""
    return (f'<form method="post" action="/activate/{escape(endpoint.id)}">'
            f"<button>{label}</button></form>")


def activate(world: World, request: Request, endpoint_id: str) -> Reply:
    """The button of the collection page: the owner starts or resumes the program."""
    endpoint = world.endpoints.get(endpoint_id)
    if endpoint is None:
        raise _not_found("There is no such collection.")
    endpoint.document |= {"gcp_connected": True, "gcp_paused": False}
    return redirect(f"/file-manager/collections/{endpoint_id}/overview")


def _not_found(text: str) -> Refusal:
    return Refusal(html_reply(page("Not found", f"<p>{escape(text)}</p>"), 404))
