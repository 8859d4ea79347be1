"""The real sregistry client (0.2.39 from PyPI), run as a person would run it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path


class SregistryClient:
    """One user's client, with a secrets file and a home of its own."""

    def __init__(self, program: Path, secrets: Path) -> None:
        self.program = program
        self.secrets = secrets

    def write_secrets(self, base_url: str, username: str, token: str) -> None:
        """Write the client-secrets file, readable by its owner only."""
        self.secrets.unlink(missing_ok=True)
        self.secrets.touch(mode=0o600)
        content = {"registry": {"base": base_url, "username": username, "token": token}}
        self.secrets.write_text(json.dumps(content, indent=2) + "\n")

    def run(self, *arguments: str, cwd: Path | None = None, seconds: float = 600,
            environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run ``sregistry ARGUMENTS``; both outputs end up in ``stdout``. The exit code is not checked: the client's means little."""
        home = cwd or self.secrets.parent
        variables = {
            "PATH": f"{self.program.parent}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "SREGISTRY_CLIENT": "registry",
            "SREGISTRY_CLIENT_SECRETS": str(self.secrets), "SREGISTRY_TMPDIR": os.environ.get("TMPDIR", "/tmp"), "NO_COLOR": "1",
            **(environment or {}),
        }
        return subprocess.run([str(self.program), *arguments], cwd=home, env=variables, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)

    def push(self, image: Path, name: str) -> subprocess.CompletedProcess[str]:
        """``sregistry push --name NAME IMAGE``."""
        return self.run("push", "--name", name, str(image))

    def pull(self, name: str, target: Path) -> subprocess.CompletedProcess[str]:
        """``sregistry pull --name TARGET NAME``, in the target's directory."""
        return self.run("pull", "--name", target.name, "--no-cache", name, cwd=target.parent)
