"""Fixtures: one stand-in for the whole run, set back to its default world before every test."""

from __future__ import annotations

import sys
from pathlib import Path

import globus_sdk
import pytest

# The harness is found in whatever way pytest imports the test files.
sys.path.insert(0, str(Path(__file__).parent))

from standin_harness import (  # noqa: E402
    Standin, launch, login, transfer_client, transfer_token,
)


@pytest.fixture(scope="session")
def running_standin(tmp_path_factory: pytest.TempPathFactory):
    standin = launch(tmp_path_factory.mktemp("standin"))
    yield standin
    standin.stop()


@pytest.fixture
def standin(running_standin: Standin, monkeypatch: pytest.MonkeyPatch) -> Standin:
    """The stand-in in its default world, with the official client pointed at it."""
    running_standin.control("reset")
    for image in running_standin.images.rglob("*"):
        if image.is_file():
            image.unlink()
    for service in ("AUTH", "TRANSFER"):
        monkeypatch.setenv(f"GLOBUS_SDK_SERVICE_URL_{service}", running_standin.url + "/")
    return running_standin


@pytest.fixture
def alice(standin: Standin) -> globus_sdk.TransferClient:
    return transfer_client(transfer_token(login(standin)))
