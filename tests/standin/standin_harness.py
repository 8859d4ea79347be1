"""The stand-in as a test sees it: a process, its control API, and logins like a browser's."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import globus_sdk
import pytest
import requests

PACKAGE = Path(__file__).resolve().parents[2] / "deploy" / "python"
REGISTRY = "http://127.0.0.1:8080"
CALLBACK = f"{REGISTRY}/globus/login/"

CLIENT_ID = "c11e0000-0000-4000-8000-00000000000a"
CLIENT_SECRET = "standin-client-secret"
ALICE = "a11ce000-0000-4000-8000-000000000001"
ALICE_HPC = "a11ce000-0000-4000-8000-0000000000a2"
BOB = "b0b00000-0000-4000-8000-000000000002"
CAROL = "ca201000-0000-4000-8000-000000000003"


def endpoint_id(number: int) -> str:
    return f"e0000000-0000-4000-8000-{number:012d}"


SOURCE, LAPTOP, OFFLINE, PAUSED, BOBS = (endpoint_id(n) for n in range(1, 6))
DTN, SHERLOCK, OAK, STANFORD_GUEST, NERO = (endpoint_id(n) for n in range(10, 15))
BOB_SHARED, REFERENCE, SECURE, ZURICH = (endpoint_id(n) for n in range(20, 24))

TRANSFER_ALL = "urn:globus:auth:scope:transfer.api.globus.org:all"
SCOPES = ["openid", "profile", "email", TRANSFER_ALL]


@dataclass
class Standin:
    """A running stand-in and the directory of its source collection."""

    url: str
    images: Path
    root: Path
    process: subprocess.Popen[str]

    def control(self, name: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.url}/control/{name}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, name: str, **query: str) -> Any:
        return requests.get(f"{self.url}/control/{name}", params=query, timeout=10).json()

    def calls(self, call: str) -> list[dict[str, Any]]:
        return self.look("log", call=call)["entries"]

    def task(self, task_id: str) -> dict[str, Any]:
        return next(t for t in self.look("tasks")["tasks"] if t["task_id"] == task_id)

    def root_of(self, wanted: str) -> Path:
        endpoints = self.look("world")["endpoints"]
        return Path(next(e["root"] for e in endpoints if e["id"] == wanted))

    def auth_client(self) -> globus_sdk.ConfidentialAppAuthClient:
        return globus_sdk.ConfidentialAppAuthClient(CLIENT_ID, CLIENT_SECRET)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def launch(directory: Path, *options: str) -> Standin:
    """Start the program and wait for the one line it prints."""
    images = directory / "images"
    images.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "globus_standin", "--port", "0", "--root", str(directory / "root"),
         "--images", str(images), "--registry-url", REGISTRY, *options],
        env={"PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"}, text=True,
        stdout=subprocess.PIPE)
    assert process.stdout
    match = re.fullmatch(r"globus_standin: listening on (http://127\.0\.0\.1:\d+)\n",
                         process.stdout.readline())
    assert match
    return Standin(match[1], images, directory / "root", process)


def follow_to_callback(authorize_url: str) -> dict[str, str]:
    """What the registered callback would be called with."""
    answer = requests.get(authorize_url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return callback_fields(answer.headers["Location"])


def callback_fields(location: str) -> dict[str, str]:
    assert location.startswith(f"{CALLBACK}?"), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def login(standin: Standin, identity: str = ALICE, scopes: list[str] | None = None,
          offline: bool = True, **parameters: str) -> globus_sdk.OAuthTokenResponse:
    """The whole login with the official client, the person being ``identity``."""
    standin.control("auto", identity=identity)
    client = standin.auth_client()
    client.oauth2_start_flow(CALLBACK, scopes or SCOPES, refresh_tokens=offline, state="s1")
    fields = follow_to_callback(client.oauth2_get_authorize_url(query_params=parameters))
    assert fields["state"] == "s1"
    standin.control("auto", identity=None)
    return client.oauth2_exchange_code_for_tokens(fields["code"])


def pkce_challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def transfer_token(tokens: globus_sdk.OAuthTokenResponse) -> str:
    return tokens.by_resource_server["transfer.api.globus.org"]["access_token"]


def transfer_client(token: str) -> globus_sdk.TransferClient:
    """An official client that waits between its retries only when it is told how long."""
    client = globus_sdk.TransferClient(authorizer=globus_sdk.AccessTokenAuthorizer(token))
    client.retry_config.backoff = lambda context: context.backoff or 0.0
    return client


def wait_until(condition: Callable[[], Any], seconds: float = 10.0,
               describe: Callable[[], str] = lambda: "") -> Any:
    """The first true value of a condition; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.005)
    raise AssertionError(f"the condition was not met in time {describe()}")


def image(standin: Standin, content: bytes = b"SIF image\n" * 1000) -> tuple[str, str]:
    """An image in the source collection, whose path never changes its content: path and checksum."""
    digest = hashlib.sha256(content).hexdigest()
    path = standin.images / "tacos" / f"sha256.{digest}.sif"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        path.write_bytes(content)
    return f"/tacos/{path.name}", digest


def wish(client: globus_sdk.TransferClient, source: str, digest: str, target: str,
         destination: str = LAPTOP) -> globus_sdk.TransferData:
    data = globus_sdk.TransferData(
        source_endpoint=SOURCE, destination_endpoint=destination, label="Singularity Registry Transfer",
        sync_level="checksum", verify_checksum=True, encrypt_data=True,
        submission_id=client.get_submission_id()["value"])
    data.add_item(source, target, recursive=False, external_checksum=digest, checksum_algorithm="sha256")
    return data


def refusal(call: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[int, str]:
    """Status and code of the error that a call of the official client ends with."""
    with pytest.raises(globus_sdk.TransferAPIError) as caught:
        call(*arguments, **options)
    assert caught.value.request_id
    return caught.value.http_status, caught.value.code
