"""The stand-in for Globus: started for this registry, described for those who drive it, controlled over HTTP."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import requests

from .layout import REPOSITORY, Layout
from .processes import Processes
from .waiting import accepts

CLIENT_ID = "c11e0000-0000-4000-8000-00000000000a"
SOURCE_ID = "e0000000-0000-4000-8000-000000000001"
WORLD = REPOSITORY / "deploy/python/globus_standin/world.json"


class Standin:
    """The process, and the facts about its world that do not change."""

    def __init__(self, layout: Layout, processes: Processes, port: int) -> None:
        self.layout = layout
        self.processes = processes
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.control = Control(f"{self.url}/control")

    def start(self, registry_url: str, client_secret: str, source_access: str) -> None:
        """Start with the registry's six callback paths registered and its images as the source collection."""
        config = self.layout.globus / "config.json"
        config.touch(mode=0o600)
        config.write_text(json.dumps({"client_id": CLIENT_ID, "client_secret": client_secret, "registry_urls": [registry_url],
                                      "source_id": SOURCE_ID, "source_access": source_access}))
        command = [sys.executable, "-B", "-m", "globus_standin", "--port", str(self.port), "--root", self.layout.globus,
                   "--images", self.layout.images, "--config", config]
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY / "deploy/python"), "LANG": "C.UTF-8"}
        self.processes.start("globus", command, lambda: accepts(("127.0.0.1", self.port)), env=environment)

    def describe(self) -> dict[str, Any]:
        """The part ``globus`` of sandbox.json."""
        world = json.loads(WORLD.read_text())
        return {"url": self.url, "control_url": self.control.url,
                "identities": [{"id": i["id"], "username": i["username"]} for i in world["identities"]],
                "endpoints": [self._describe_endpoint(entry, world["identities"]) for entry in world["endpoints"]]}

    def _describe_endpoint(self, entry: dict[str, Any], identities: list[dict[str, Any]]) -> dict[str, Any]:
        owners = {identity["id"]: identity["username"] for identity in identities}
        return {"id": entry["id"], "display_name": entry["display_name"], "root": str(self.root(entry)),
                "owner": owners.get(entry["owner_id"], entry["owner_id"]), "entity_type": entry["entity_type"]}

    def root(self, entry: dict[str, Any]) -> Path:
        """The directory that holds an endpoint's files."""
        return self.layout.images if entry.get("source") else self.layout.globus / "endpoints" / entry["slug"]


class Control:
    """The stand-in's control API (design: ``control_url``)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def post(self, name: str, **fields: Any) -> Any:
        answer = requests.post(f"{self.url}/{name}", json=fields, timeout=30)
        if not answer.ok:
            raise ValueError(f"control {name}: {answer.text}")
        return answer.json()

    def get(self, name: str) -> Any:
        answer = requests.get(f"{self.url}/{name}", timeout=30)
        answer.raise_for_status()
        return answer.json()

    def auto(self, identity: str | None) -> None:
        """Answer the next logins at once as this identity, or show the login page again."""
        self.post("auto", identity=identity)

    def fail(self, call: str, times: int = 1, **how: Any) -> None:
        """Spoil the next calls of this kind (names: first column of globus-api §5)."""
        self.post("fail", call=call, times=times, **how)

    def calls(self, name: str | None = None) -> list[dict[str, Any]]:
        """The log, optionally of one kind of call."""
        entries = items(self.get("log"))
        return [entry for entry in entries if name is None or entry["call"] == name]

    def refreshes(self) -> Counter[str]:
        """How often each refresh token was used: the agent refreshes in the name of others meanwhile."""
        return Counter(parse_qs(entry["body"])["refresh_token"][0] for entry in self.calls("token: refresh_token"))

    def tasks(self) -> list[dict[str, Any]]:
        return items(self.get("tasks"))

    def tokens_seen(self) -> set[str]:
        """Every token that was used for a call or sent to be revoked, so far."""
        used = {entry["headers"].get("authorization", "") for entry in self.calls()}
        revoked = [parse_qs(entry["body"]).get("token", []) for entry in self.calls("revoke")]
        return {value.removeprefix("Bearer ") for value in used if value.startswith("Bearer ")} | {t for ts in revoked for t in ts}

    def reset(self) -> None:
        self.post("reset")


def items(answer: Any) -> list[dict[str, Any]]:
    """A list, or the one list inside an object."""
    if isinstance(answer, list):
        return answer
    return next(value for value in answer.values() if isinstance(value, list))
