"""The stand-in's default world, as far as the tests speak of it."""

from __future__ import annotations

ALICE, BOB, CAROL = "alice@uni.example", "bob@uni.example", "carol@uni.example"
ALICE_ID = "a11ce000-0000-4000-8000-000000000001"


def endpoint_id(number: int) -> str:
    return f"e0000000-0000-4000-8000-{number:012d}"


SOURCE = endpoint_id(1)
LAPTOP, OFFLINE, PAUSED, BOBS_LAPTOP = (endpoint_id(n) for n in range(2, 6))
DTN, SHERLOCK, OAK, STANFORD_GUEST, NERO = (endpoint_id(n) for n in range(10, 15))
BOB_SHARED, REFERENCE, SECURE, ZURICH, MARKUP = (endpoint_id(n) for n in range(20, 25))
NOWHERE = endpoint_id(999)

SCOPES = {"openid", "profile", "email", "urn:globus:auth:scope:transfer.api.globus.org:all"}
CALLBACKS = ["/globus_auth/login", "/globus_auth/login/", "/complete/globus/", "/complete/globus", "/globus/login/", "/globus/login"]
