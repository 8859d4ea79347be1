"""The endpoint document with its full set of keys, as one user sees it (§2.3, Appendix A)."""

from __future__ import annotations

from typing import Any

from ..model import GCP_MAPPED, GCP_TYPES, GCSV5_ENDPOINT, GCSV5_MAPPED, Endpoint
from ..world import World
from .access import CAN_MANAGE_RULES, User, effective_roles

DEFAULTS: dict[str, Any] = {
    "DATA_TYPE": "endpoint", "id": None, "display_name": None, "name": None, "canonical_name": None,
    "username": None, "entity_type": None, "organization": None, "department": None,
    "keywords": None, "description": None, "contact_email": None, "contact_info": None,
    "info_link": None, "user_message": None, "user_message_link": None, "owner_id": None,
    "owner_string": None, "public": False, "subscription_id": None,
    "subscription_admin_verified": False, "french_english_bilingual": False,
    "default_directory": None, "force_encryption": False, "force_verify": False,
    "disable_verify": False, "disable_anonymous_writes": False, "mfa_required": False,
    "high_assurance": False, "authentication_timeout_mins": None,
    "authentication_assurance_timeout": None, "authentication_policy_id": None,
    "acl_max_expiration_period_mins": None, "restrict_transfers_to_high_assurance": None,
    "my_effective_roles": [], "acl_available": False, "acl_editable": False, "shareable": False,
    "in_use": False, "is_globus_connect": False, "gcp_connected": None, "gcp_paused": None,
    "globus_connect_setup_key": None, "host_endpoint": None, "host_endpoint_id": None,
    "host_endpoint_display_name": None, "host_path": None, "mapped_collection_id": None,
    "mapped_collection_display_name": None, "non_functional": False,
    "non_functional_endpoint_id": None, "non_functional_endpoint_display_name": None,
    "gcs_version": None, "gcs_manager_url": None, "https_server": None, "tlsftp_server": None,
    "network_use": "normal", "location": "Automatic", "max_concurrency": 4,
    "preferred_concurrency": 2, "max_parallelism": 8, "preferred_parallelism": 4,
    "last_accessed_time": None, "auto_delete_timeout": None, "skip_auto_delete": None,
    "associated_flow_policy": None, "guest_collection_activity_notification_policy": None,
    "preserve_modtime": None, "requester_pays": False, "storage_type": None,
    "local_user_info_available": None, "activated": False, "expire_time": None, "expires_in": 0,
    "myproxy_server": None, "myproxy_dn": None, "oauth_server": None, "s3_url": None,
    "s3_owner_activated": False, "sharing_target_endpoint": None, "sharing_target_root_path": None,
}


def endpoint_document(world: World, endpoint: Endpoint, user: User) -> dict[str, Any]:
    """Defaults, what follows from the entity type, the endpoint's own, and the viewer's."""
    return {**DEFAULTS, **_by_type(endpoint), **_naming(world, endpoint), **endpoint.document,
            **_for_viewer(world, endpoint, user)}


def with_servers(world: World, endpoint: Endpoint, user: User) -> dict[str, Any]:
    """The single document, which also lists servers in ``DATA``."""
    document = endpoint_document(world, endpoint, user)
    is_gcp = endpoint.entity_type in GCP_TYPES
    server = {"DATA_TYPE": "server", "id": 1, "port": None if is_gcp else 443,
              "hostname": None if is_gcp else "g-1.standin.data.example",
              "scheme": None if is_gcp else "gsiftp", "uri": None, "subject": None,
              "is_connected": document["gcp_connected"] if is_gcp else True,
              "is_paused": bool(document["gcp_paused"])}
    return {**document, "DATA": [server]}


def _by_type(endpoint: Endpoint) -> dict[str, Any]:
    kind = endpoint.entity_type
    members: dict[str, Any] = {"is_globus_connect": kind == GCP_MAPPED}
    if kind in GCP_TYPES:
        members |= {"gcp_connected": True, "gcp_paused": False}
    if kind.startswith("GCSv5"):
        host = f"{endpoint.id[-4:]}.standin.data.example"
        members |= {"gcs_version": "5.4.71", "gcs_manager_url": f"https://{host}"}
        if kind != GCSV5_ENDPOINT:
            members |= {"https_server": f"https://g-1.{host}",
                        "tlsftp_server": f"tlsftp://g-1.{host}:443"}
    if kind == GCSV5_ENDPOINT or kind.startswith("GCSv4"):
        members["non_functional"] = True
    if endpoint.is_guest:
        parent = endpoint.get("mapped_collection_id")
        members |= {"acl_available": True, "host_endpoint_id": parent,
                    "host_endpoint_display_name": endpoint.get("mapped_collection_display_name")}
    return members


def _naming(world: World, endpoint: Endpoint) -> dict[str, Any]:
    """Old records have no display name; a GCSv5 endpoint is owned by its own client identity."""
    owner = world.identities.get(endpoint.owner_id)
    owner_string = owner.username if owner else f"{endpoint.owner_id}@clients.auth.globus.org"
    account = "u_" + endpoint.owner_id.replace("-", "")[:10]
    return {
        "id": endpoint.id, "display_name": endpoint.display_name,
        "entity_type": endpoint.entity_type, "name": endpoint.id, "username": account,
        "canonical_name": f"{account}#{endpoint.id}", "owner_id": endpoint.owner_id,
        "owner_string": owner_string,
    }


def _for_viewer(world: World, endpoint: Endpoint, user: User) -> dict[str, Any]:
    roles = effective_roles(endpoint, user)
    owned = endpoint.owner_id in user.identities
    managed = endpoint.get("subscription_id") is not None
    members = {
        "my_effective_roles": roles,
        "acl_editable": endpoint.is_guest and bool(CAN_MANAGE_RULES & set(roles)),
        "shareable": endpoint.entity_type in (GCP_MAPPED, GCSV5_MAPPED) and owned and managed,
        "in_use": any(endpoint.id in task.endpoint_ids for task in world.tasks.active(user.id)),
    }
    return members if owned else {**members, "globus_connect_setup_key": None}
