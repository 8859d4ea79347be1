"""Codes, access and refresh tokens: issued, refreshed, expired, revoked (§1.4, §1.8)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..model import Session, Settings
from .scopes import ScopePath

ACCESS, REFRESH = "access", "refresh"


@dataclass(frozen=True)
class Grant:
    """What one login, or one client-credentials request, allowed a client to do."""

    client_id: str
    identity_id: str
    paths: dict[str, tuple[ScopePath, ...]]
    session: Session
    offline: bool = False
    nonce: str | None = None
    state: str | None = None


@dataclass
class Code:
    """An authorization code, bound to its client, redirect URI and PKCE challenge (§1.2)."""

    value: str
    grant: Grant
    redirect_uri: str
    challenge: str | None
    expires_at: float
    used: bool = False


@dataclass
class Token:
    """An access or refresh token for one resource server."""

    value: str
    kind: str
    grant: Grant
    resource_server: str
    issued_at: int
    expires_at: float | None
    revoked: bool = False

    @property
    def paths(self) -> tuple[ScopePath, ...]:
        return self.grant.paths[self.resource_server]

    @property
    def scope(self) -> str:
        """The top-level scopes, as the ``scope`` member shows them."""
        return " ".join(path[0] for path in self.paths if len(path) == 1)


class TokenStore:
    """All codes and tokens, and the consents that stand behind them."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self.settings = settings
        self.clock = clock
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.consents: dict[tuple[str, str], dict[ScopePath, float]] = {}

    def issue_code(self, grant: Grant, redirect_uri: str, challenge: str | None) -> Code:
        expires_at = self.clock() + self.settings.code_seconds
        code = Code(_opaque(), grant, redirect_uri, challenge, expires_at)
        self.codes[code.value] = code
        self._record_consent(grant)
        return code

    def issue(self, grant: Grant, server: str) -> tuple[Token, Token | None]:
        """An access token for one resource server, and a refresh token if the login was offline."""
        self._record_consent(grant)
        access = self._add(ACCESS, grant, server, self.settings.access_token_seconds)
        return access, self._add(REFRESH, grant, server, None) if grant.offline else None

    def refresh(self, token: Token) -> tuple[Token, Token]:
        """A new access token; the same refresh token again, or a new one when rotation is on."""
        access = self._add(
            ACCESS, token.grant, token.resource_server, self.settings.access_token_seconds)
        if not self.settings.rotate_refresh_tokens:
            return access, token
        token.revoked = True
        return access, self._add(REFRESH, token.grant, token.resource_server, None)

    def live(self, value: str, kind: str | None = None) -> Token | None:
        """The token with this value if it still works."""
        token = self.tokens.get(value)
        if token is None or token.revoked or (kind and token.kind != kind):
            return None
        expired = token.expires_at is not None and token.expires_at <= self.clock()
        return None if expired else token

    def expire(self, identity_id: str | None, kind: str) -> int:
        """End every live token of a kind, of one identity or of all; returns how many."""
        ended = [t for t in self._of(identity_id) if t.kind == kind and self.live(t.value)]
        for token in ended:
            token.revoked = True
        return len(ended)

    def rescind(self, identity_id: str, client_id: str) -> None:
        """The user takes the consent back: everything issued under it dies (§1.4)."""
        self.consents.pop((client_id, identity_id), None)
        for token in self._of(identity_id):
            token.revoked |= token.grant.client_id == client_id

    def consented(self, token: Token, path: ScopePath) -> bool:
        """Whether a dependent scope was agreed to.

        A browser login's tokens carry what that login asked for. A client that acts for itself, and
        everyone once ``consents_stick`` is set, keeps what was agreed to before as well.
        """
        if path in token.paths:
            return True
        key = (token.grant.client_id, token.grant.identity_id)
        remembers = self.settings.consents_stick or key[0] == key[1]
        return remembers and path in self.consents.get(key, {})

    def _record_consent(self, grant: Grant) -> None:
        agreed = self.consents.setdefault((grant.client_id, grant.identity_id), {})
        for paths in grant.paths.values():
            agreed.update(dict.fromkeys(paths, self.clock()))

    def _of(self, identity_id: str | None) -> Iterator[Token]:
        return (t for t in self.tokens.values() if identity_id in (None, t.grant.identity_id))

    def _add(self, kind: str, grant: Grant, server: str, seconds: int | None) -> Token:
        now = int(self.clock())
        expires_at = now + seconds if seconds is not None else None
        token = Token(_opaque(), kind, grant, server, now, expires_at)
        self.tokens[token.value] = token
        return token


def _opaque() -> str:
    return "Ag" + secrets.token_urlsafe(48)
