"""The whole state of the stand-in, in memory, and the default world it starts from."""

from __future__ import annotations

import copy
import shutil
import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .auth.keys import KeyRing
from .auth.tokens import TokenStore
from .config import Config
from .faults import FaultPlan
from .model import AccessRule, Client, Endpoint, Identity, Role, Session, Settings
from .transfer.tasks import TaskList

# The public client that the command line client is built from (it asks for its own credentials).
CLI_TEMPLATE_ID = "95fdeba8-fac2-42bd-a357-e068d82ff78e"
LOG_LENGTH = 10000


class World:
    """Identities, clients, endpoints, tokens, tasks and switches behind one lock.

    ``changed`` is notified after every call that may have changed something, so that running
    transfers look again at once instead of at their next retry.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.base_url = config.base_url
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.keys = KeyRing()
        self.known_calls: set[str] = set()
        self.tasks = TaskList()
        self._populate()

    def reset(self) -> None:
        """Back to the default world: tokens, tasks, switches and log forgotten, files as seeded."""
        self.tasks.stop_all()
        self.changed.notify_all()
        shutil.rmtree(self.config.root / "endpoints", ignore_errors=True)
        self._populate()

    def _populate(self) -> None:
        self.settings = Settings(bytes_per_second=self.config.speed)
        self.clock_offset = 0.0
        self.auto: dict[str, Any] = {}
        self.hold_after_bytes: int | None = None
        self.faults = FaultPlan()
        self.log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self.tokens = TokenStore(self.settings, self.now)
        self.sessions: dict[str, Session] = {}
        self.tasks = TaskList()
        self.clients = _clients(self.config)
        self.identities = {i["id"]: Identity(**i) for i in self.config.world["identities"]}
        self._add_application_identity()
        self.endpoints: dict[str, Endpoint] = {}
        for entry in copy.deepcopy(self.config.world["endpoints"]):
            self.add_endpoint(entry)

    def _add_application_identity(self) -> None:
        """The registry's own identity, whose id is its client id (§3.3 step 6)."""
        client_id = self.config.client_id
        self.identities[client_id] = Identity(
            client_id, f"{client_id}@clients.auth.globus.org", self.config.client_name)

    # -- time -----------------------------------------------------------------------------------

    def now(self) -> float:
        return time.time() + self.clock_offset

    def timestamp(self, moment: float | None = None) -> str:
        moment = self.now() if moment is None else moment
        return datetime.fromtimestamp(int(moment), UTC).isoformat()

    # -- identities -----------------------------------------------------------------------------

    def identity_set(self, identity_id: str) -> list[Identity]:
        """An identity's primary and everything linked to it: Transfer grants their union (§2)."""
        primary = self.identities[identity_id].primary or identity_id
        return [i for i in self.identities.values() if primary in (i.id, i.primary)]

    def people(self) -> list[Identity]:
        """Who can log in with a browser: primary identities, without applications."""
        return [i for i in self.identities.values()
                if i.primary is None and not i.username.endswith("@clients.auth.globus.org")]

    # -- endpoints ------------------------------------------------------------------------------

    def add_endpoint(self, entry: dict[str, Any]) -> Endpoint:
        """Create an endpoint from an entry like those of world.json, and seed its files."""
        slug, tree = entry.pop("slug", entry["id"]), entry.pop("tree", {})
        is_source = entry.pop("source", False)
        root = Path(entry.pop("root", self.config.root / "endpoints" / slug))
        if is_source and self.config.images:
            root = self.config.images
        rules = [self.new_rule(**rule) for rule in entry.pop("rules", [])]
        roles = [Role(id=str(uuid.uuid4()), **role) for role in entry.pop("roles", [])]
        endpoint = Endpoint(**entry, root=root, rules=rules, roles=roles)
        if is_source:
            self._make_source(endpoint)
        _seed(root, tree)
        self.endpoints[endpoint.id] = endpoint
        return endpoint

    def _make_source(self, endpoint: Endpoint) -> None:
        """The registry's collection: managed by the application, open to all or by rule (§3.4)."""
        endpoint.id = self.config.source_id
        endpoint.roles.append(
            Role(str(uuid.uuid4()), "identity", self.config.client_id, "access_manager"))
        if self.config.source_access == "public":
            endpoint.rules.append(self.new_rule("all_authenticated_users", "", "/", "r"))

    def new_rule(self, principal_type: str, principal: str, path: str, permissions: str,
                 expiration_date: str | None = None) -> AccessRule:
        return AccessRule(str(uuid.uuid4()), principal_type, principal, path, permissions,
                          self.timestamp(), expiration_date)


def _clients(config: Config) -> dict[str, Client]:
    registry = Client(config.client_id, config.client_secret, config.client_name,
                      config.all_redirect_uris())
    template = Client(CLI_TEMPLATE_ID, None, "Globus CLI")
    return {client.id: client for client in (registry, template)}


def _seed(root: Path, tree: dict[str, str | None]) -> None:
    """Create directories (null) and small text files that are not there yet."""
    root.mkdir(parents=True, exist_ok=True)
    for name, text in tree.items():
        path = root / name.lstrip("/")
        (path if text is None else path.parent).mkdir(parents=True, exist_ok=True)
        if text is not None and not path.exists():
            path.write_text(text)
