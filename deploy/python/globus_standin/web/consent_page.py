"""The page on which a person chooses an identity and agrees, or declines (§1.2)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..auth.scopes import COLLECTION_SCOPE, TRANSFER_ALL
from .layout import page

if TYPE_CHECKING:
    from ..auth.authorize import Authorization
    from ..world import World

SCOPE_TEXTS = {
    "openid": "Know who you are",
    "profile": "See your name, username and organization",
    "email": "See your email address",
    TRANSFER_ALL: "Search collections, list files and transfer data as you",
}


def render(world: World, authorization: Authorization, query_string: str) -> str:
    """One button for each person and one to decline; the form carries the request along."""
    buttons = "".join(
        f'<button class="choice" name="identity" value="{escape(person.id)}">'
        f"Continue as {escape(person.username)}</button>"
        for person in world.people()
    )
    name = authorization.client.name
    return page(f"Log in to use {name}", (
        f"{_demands(authorization)}"
        f"<p>{escape(name)} would like to:</p><ul>{_wishes(world, authorization)}</ul>"
        '<form method="post" action="/v2/oauth2/authorize">'
        f'<input type="hidden" name="request" value="{escape(query_string)}">'
        f"{buttons}"
        '<p><button name="deny" value="1">Deny</button></p></form>'
    ))


def render_error(title: str, text: str) -> str:
    """An error that is shown here because the browser must not be sent back."""
    return page(title, f"<p>{escape(text)}</p>")


def _wishes(world: World, authorization: Authorization) -> str:
    scopes = dict.fromkeys(path[-1] for paths in authorization.paths.values() for path in paths)
    return "".join(f"<li>{escape(_scope_text(world, scope))}</li>" for scope in scopes)


def _scope_text(world: World, scope: str) -> str:
    if match := COLLECTION_SCOPE.fullmatch(scope):
        name = world.endpoints[match[1]].display_name or match[1]
        return f"Read and write your data on {name}"
    return SCOPE_TEXTS.get(scope, f"Use {scope}")


def _demands(authorization: Authorization) -> str:
    """Why this login was asked for, if it was: message, domains, policies."""
    texts = [authorization.fields.get("session_message", "")]
    if domains := authorization.listed("session_required_single_domain"):
        texts.append("An identity of one of these domains is needed: " + ", ".join(domains))
    if authorization.listed("session_required_policies"):
        texts.append("The collection's authentication policy asks you to log in again.")
    if authorization.fields.get("prompt") == "login":
        texts.append("Please log in again.")
    return "".join(f'<p class="note">{escape(text)}</p>' for text in texts if text)
