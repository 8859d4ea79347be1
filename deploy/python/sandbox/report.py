"""What the sandbox tells the person in front of it."""

from __future__ import annotations

from pathlib import Path

from .layout import REPOSITORY
from .sandbox import Sandbox


def relative(path: Path) -> str:
    """A path as one would type it from the top of the repository."""
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)


def print_status(sandbox: Sandbox) -> int:
    """One line a part. Exit code 0 when all of them run, 1 otherwise."""
    status = sandbox.status()
    for name, pid in status.items():
        print(f"{name:10} {f'runs, process {pid}' if pid else 'does not run'}")
    if None in status.values():
        return 1
    print(f"{'address':10} {sandbox.url} {'ready' if sandbox.is_ready() else 'NOT READY'}")
    return 0


def push_command(sandbox: Sandbox) -> list[str]:
    """The client's command line as a person would type it."""
    return [f"SREGISTRY_CLIENT_SECRETS={relative(sandbox.layout.demo / 'alice.sregistry')}", "SREGISTRY_CLIENT=registry",
            relative(sandbox.options.sregistry), "push", "--name", "tacos/avocados.simg",
            relative(sandbox.layout.demo / "avocados.simg")]


def print_access(sandbox: Sandbox) -> None:
    """Where it is, who may come in, and how to push."""
    print(f"\nTransload runs at {sandbox.url}; Globus is stood in for at {sandbox.standin.url}.\n\nUsers:")
    for user in sandbox.kept["users"]:
        print(f"  {user['username']:8} password {user['password']}" + ("   (administrator)" if user["admin"] else ""))
    if (sandbox.layout.demo / "avocados.simg").exists():
        print("\nPush:\n  " + " ".join(push_command(sandbox)))
    print(f"\nEverything else is in {relative(sandbox.layout.description)}, logs in {relative(sandbox.layout.log)}/. "
          "Stop with ./deploy/sandbox down.")
