"""A push by hand: both requests, with every byte of the multipart body under the test's control."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from signing import authorization

BOUNDARY = "0123456789abcdef0123456789abcdef"


@dataclass
class Part:
    """One part of a form; a ``filename`` makes it a file."""

    name: str
    value: bytes
    filename: str | None = None

    def encode(self) -> bytes:
        disposition = f'Content-Disposition: form-data; name="{self.name}"'
        if self.filename is not None:
            disposition += f'; filename="{self.filename}"\r\nContent-Type: text/plain'
        return f"{disposition}\r\n\r\n".encode() + self.value + b"\r\n"


def form(parts: list[Part], boundary: str = BOUNDARY, end: bool = True) -> bytes:
    """The body, as requests-toolbelt frames it; without the final boundary when ``end`` is false."""
    body = b"".join(f"--{boundary}\r\n".encode() + part.encode() for part in parts)
    return body + (f"--{boundary}--\r\n".encode() if end else b"")


@dataclass
class Pusher:
    """One user who pushes one image; fields may be bent before each step."""

    base_url: str
    username: str
    token: str
    collection: str
    name: str = "image"
    tag: str = "latest"
    session: requests.Session = field(default_factory=requests.Session)

    def sign(self, kind: str, ts: str | None = None) -> str:
        return authorization(self.username, self.token, kind, self.collection, self.name, self.tag, ts)

    def ask(self, path: str = "/api/upload/chunked_upload", headers: dict[str, str] | None = None, json: Any = None) -> requests.Response:
        """Step 1. Headers and body are the right ones unless given."""
        given = {"Authorization": self.sign("push")} if headers is None else headers
        body = {"collection": self.collection, "name": self.name, "tag": self.tag} if json is None else json
        return self.session.post(self.base_url + path, json=body, headers=given, timeout=60)

    def ticket(self) -> str:
        answer = self.ask()
        assert answer.status_code == 200, answer.text
        return str(answer.json()["cid"])

    def parts(self, ticket: str, content: bytes) -> list[Part]:
        """The five parts in the client's order."""
        fields = {"SREGISTRY_EVENT": self.sign("upload"), "name": self.name, "collection": ticket, "tag": self.tag}
        return [Part(name, value.encode()) for name, value in fields.items()] + [
            Part("file1", content, f"{self.name}:{self.tag}.sif")]

    def send(self, body: Any, headers: dict[str, str] | None = None) -> requests.Response:
        """Step 2, with any body."""
        given = {"Authorization": self.sign("upload"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **(headers or {})}
        return self.session.post(self.base_url + "/upload", data=body, headers=given, timeout=120)

    def push(self, content: bytes) -> requests.Response:
        """Both steps as they should be; the answer of the second."""
        return self.send(form(self.parts(self.ticket(), content)))

    @property
    def uri(self) -> str:
        return f"{self.collection}/{self.name}:{self.tag}"

    def manifest(self, sign: bool = False) -> requests.Response:
        headers = {"Authorization": self.sign("pull")} if sign else {}
        return self.session.get(f"{self.base_url}/api/container/{self.uri}", headers=headers, timeout=60)

    def stored_digest(self) -> str | None:
        """sha256 of what the registry says it holds; None when it holds nothing."""
        answer = self.manifest(sign=True)
        return answer.json()["version"].removeprefix("sha256.") if answer.status_code == 200 else None
