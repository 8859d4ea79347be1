"""What the stand-in is started with: command line, then a JSON file, then the default world."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WORLD_FILE = Path(__file__).with_name("world.json")

CALLBACK_PATHS = (
    "/globus_auth/login", "/globus_auth/login/", "/complete/globus/", "/complete/globus",
    "/globus/login/", "/globus/login",
)

Entry = dict[str, Any]


@dataclass
class Config:
    """One value for each option; ``world`` is the merged content of world.json and the file."""

    root: Path
    listen: str = "127.0.0.1"
    port: int = 0
    base_url: str = ""
    client_id: str = "c11e0000-0000-4000-8000-00000000000a"
    client_secret: str = "standin-client-secret"
    client_name: str = "Singularity Registry"
    registry_urls: list[str] = field(default_factory=lambda: ["http://127.0.0.1:8080"])
    redirect_uris: list[str] = field(default_factory=list)
    images: Path | None = None
    source_id: str = "e0000000-0000-4000-8000-000000000001"
    source_access: str = "public"
    speed: int = 0
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    world: dict[str, Any] = field(default_factory=dict)

    def all_redirect_uris(self) -> list[str]:
        """The six callback paths on every registry URL, plus the ones given in full."""
        bases = [base.rstrip("/") for url in self.registry_urls for base in _loopback_names(url)]
        return [base + path for base in bases for path in CALLBACK_PATHS] + self.redirect_uris


def _loopback_names(url: str) -> list[str]:
    """A loopback URL under both of its names: browsers are started with either."""
    names = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
    host = urlsplit(url).hostname or ""
    return [url, url.replace(host, names[host], 1)] if host in names else [url]


def parse(arguments: list[str]) -> Config:
    """Build the configuration; a command line option beats the same key of ``--config``."""
    options = vars(_parser().parse_args(arguments))
    path = options.pop("config")
    given = json.loads(path.read_text()) if path else {}
    world = _merged_world(given.pop("identities", []), given.pop("endpoints", []))
    given.update({name: value for name, value in options.items() if value is not None})
    unknown = set(given) - set(Config.__dataclass_fields__)
    if unknown:
        raise SystemExit(f"globus_standin: unknown configuration key: {', '.join(sorted(unknown))}")
    given["root"] = Path(given["root"]).resolve()
    given["images"] = Path(given["images"]).resolve() if given.get("images") else None
    return Config(**given, world=world)


def _merged_world(identities: list[Entry], endpoints: list[Entry]) -> dict[str, Any]:
    """The default world, with entries of the same id replaced member by member, others added."""
    world: dict[str, Any] = json.loads(WORLD_FILE.read_text())
    for name, additions in (("identities", identities), ("endpoints", endpoints)):
        entries = {entry["id"]: entry for entry in world[name]}
        for addition in additions:
            entries[addition["id"]] = {**entries.get(addition["id"], {}), **addition}
        world[name] = list(entries.values())
    return world


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="globus_standin", description=__doc__)
    parser.add_argument("--listen", help="address (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port of that address; 0 or absent: any free one")
    parser.add_argument("--root", type=Path, required=True, help="directory for the endpoints")
    parser.add_argument("--base-url", help="URL it is reached by (default http://ADDRESS:PORT)")
    parser.add_argument("--config", type=Path, help="JSON file with these options and a world")
    parser.add_argument("--client-id")
    parser.add_argument("--client-secret")
    parser.add_argument("--client-name")
    parser.add_argument("--registry-url", dest="registry_urls", action="append",
                        help="the six callback paths are registered below it; repeatable")
    parser.add_argument("--redirect-uri", dest="redirect_uris", action="append",
                        help="one more registered redirect URI, in full; repeatable")
    parser.add_argument("--images", type=Path, help="root of the source collection (read-only)")
    parser.add_argument("--source-id", help="id of the source collection")
    parser.add_argument("--source-access", choices=("public", "per-user"))
    parser.add_argument("--tls-certificate", type=Path, help="PEM: listen with TLS")
    parser.add_argument("--tls-key", type=Path, help="PEM, of the certificate")
    parser.add_argument("--speed", type=int, help="bytes per second of transfers; 0: unlimited")
    return parser
