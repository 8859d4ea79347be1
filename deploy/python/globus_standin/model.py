"""The things of Globus as data: identities, endpoints with their rules and roles, clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GCP_MAPPED = "GCP_mapped_collection"
GCP_GUEST = "GCP_guest_collection"
GCSV5_ENDPOINT = "GCSv5_endpoint"
GCSV5_MAPPED = "GCSv5_mapped_collection"
GCSV5_GUEST = "GCSv5_guest_collection"
GUEST_TYPES = (GCP_GUEST, GCSV5_GUEST)
GCP_TYPES = (GCP_MAPPED, GCP_GUEST)

ENTITY_TYPES = (
    GCP_MAPPED, GCP_GUEST, GCSV5_ENDPOINT, GCSV5_MAPPED, GCSV5_GUEST, "GCSv4_host", "GCSv4_share",
)


@dataclass
class Identity:
    """A Globus identity; ``primary`` is set on one that is linked to another (§1.6)."""

    id: str
    username: str
    name: str | None = None
    email: str | None = None
    organization: str | None = None
    primary: str | None = None


@dataclass
class AccessRule:
    """A permission on a directory of a guest collection (§2.8)."""

    id: str
    principal_type: str
    principal: str
    path: str
    permissions: str
    create_time: str
    expiration_date: str | None = None


@dataclass
class Role:
    """A role assignment (§2.9)."""

    id: str
    principal_type: str
    principal: str
    role: str


@dataclass
class Endpoint:
    """An endpoint or collection, whose files are a directory of this machine.

    ``document`` holds what differs from the defaults of its entity type in the endpoint document;
    the other members decide how the stand-in behaves and have no counterpart on the wire.
    """

    id: str
    entity_type: str
    root: Path
    owner_id: str
    display_name: str | None = None
    document: dict[str, Any] = field(default_factory=dict)
    rules: list[AccessRule] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    home: str = "/"
    local_users: list[str] = field(default_factory=list)
    allowed_domains: list[str] = field(default_factory=list)
    read_only: bool = False
    deleted: bool = False
    pause_message: str | None = None
    fault: str | None = None

    def get(self, name: str, default: Any = None) -> Any:
        return self.document.get(name, default)

    @property
    def is_guest(self) -> bool:
        return self.entity_type in GUEST_TYPES

    @property
    def needs_data_access(self) -> bool:
        """§1.3: a mapped GCSv5 collection that is not high assurance, and nothing else."""
        return self.entity_type == GCSV5_MAPPED and not self.get("high_assurance", False)


@dataclass
class Client:
    """An application registered with Globus Auth; without a secret it is a public one."""

    id: str
    secret: str | None
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    template_id: str | None = None


@dataclass(frozen=True)
class Session:
    """What a login proved: who was authenticated, when, and which policies were met (§2.10)."""

    auth_time: int
    identities: frozenset[str]
    policies: frozenset[str] = frozenset()


@dataclass
class Settings:
    """What ``POST /control/settings`` changes while the stand-in runs."""

    bytes_per_second: int = 0
    retry_seconds: float = 1.0
    access_token_seconds: int = 172800
    code_seconds: int = 600
    rotate_refresh_tokens: bool = False
    transfer_token_first: bool = False
    consents_stick: bool = False
    invalid_grant_status: int = 400
    finished_cancel_status: int = 200
    login_failed_in_message_only: bool = False
    key_ids: bool = False
    id_token_fault: str = ""
