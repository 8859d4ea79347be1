"""A person with a browser's session but without a browser: cookies, CSRF token, redirects looked at and not followed."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests


class Person:
    """One user in one session. ``csrf`` is what the pages would send along."""

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self.base_url = base_url
        self.username = username
        self.password = password
        self.http = requests.Session()
        self.csrf = ""

    def sign_in(self) -> Person:
        answer = self.http.post(f"{self.base_url}/api/login", json={"username": self.username, "password": self.password}, timeout=60)
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json()["csrf_token"]
        return self

    def request(self, method: str, path: str, csrf: bool = True, **options: Any) -> requests.Response:
        """Any request; with the CSRF header when it changes something. Redirects are answers here."""
        headers = dict(options.pop("headers", {}))
        if csrf and method not in ("GET", "HEAD"):
            headers.setdefault("X-CSRF-Token", self.csrf)
        return self.http.request(method, self.base_url + path, headers=headers, allow_redirects=False, timeout=60, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.request("POST", path, **options)

    def json(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    # -- Globus ---------------------------------------------------------------------------------

    def begin_connect(self, next_path: str = "/globus/transfer", **form: str) -> str:
        """Press "Connect Globus": the address at Globus it leads to."""
        answer = self.post("/globus/login", data={"csrf_token": self.csrf, "next": next_path, **form})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def return_address(self, authorize_url: str) -> str:
        """Where Globus, which knows who we are (control: auto), sends the browser back to."""
        answer = requests.get(authorize_url, allow_redirects=False, timeout=60)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]

    def follow(self, address: str) -> requests.Response:
        """Open an absolute address of the registry."""
        assert address.startswith(self.base_url), address
        return self.get(address.removeprefix(self.base_url))

    def connect(self) -> None:
        """The whole way; the control API must have named the identity."""
        answer = self.follow(self.return_address(self.begin_connect()))
        assert answer.status_code == 303, f"{answer.status_code} {answer.text}"
        assert self.json("/api/me")["globus"]

    def disconnect(self) -> requests.Response:
        return self.post("/globus/logout", data={"csrf_token": self.csrf})

    def transfer(self, container_id: int, endpoint_id: str, **fields: Any) -> requests.Response:
        return self.post("/api/transfers", json={"container_id": container_id, "endpoint_id": endpoint_id, **fields})


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each of which must be there once."""
    found = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values()), url
    return {name: values[0] for name, values in found.items()}
