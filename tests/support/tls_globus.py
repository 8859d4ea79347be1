"""Globus over TLS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sandbox.layout import REPOSITORY
from sandbox.sandbox import Sandbox
from sandbox.standin import CLIENT_ID
from sandbox.waiting import accepts, wait_for


class Globus:
    """A stand-in that speaks TLS with some certificate."""

    def __init__(self, directory: Path, port: int, certificate: tuple[Path, Path], sandbox: Sandbox, host: str = "127.0.0.1") -> None:
        config = directory / "config.json"
        config.write_text(json.dumps({"client_id": CLIENT_ID, "client_secret": sandbox.settings()["SOCIAL_AUTH_GLOBUS_SECRET"],
                                      "registry_urls": [sandbox.url]}))
        command = [sys.executable, "-B", "-m", "globus_standin", "--port", str(port), "--root", directory / "globus", "--images", sandbox.layout.images,
                   "--config", config, "--base-url", f"https://{host}:{port}", "--tls-certificate", certificate[0], "--tls-key", certificate[1]]
        self.process = subprocess.Popen(command, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(REPOSITORY / "deploy/python")}, stdout=subprocess.DEVNULL)
        wait_for("the stand-in", lambda: accepts(("127.0.0.1", port)), 30)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(30)
