"""Signing keys and ID tokens: RS512, as Globus Auth signs them (§1.6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA512


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SigningKey:
    """One RSA key with the id it is published under when ids are shown at all."""

    def __init__(self) -> None:
        self.id = str(uuid.uuid4())
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self, with_id: bool) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        jwk = {"alg": "RS512", "kty": "RSA", "use": "sig",
               "e": b64url(_big_endian(numbers.e)), "n": b64url(_big_endian(numbers.n))}
        return {**jwk, "kid": self.id} if with_id else jwk

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), SHA512())


class KeyRing:
    """The current key, and a spare that is published beside it once keys have ids."""

    def __init__(self) -> None:
        self.current = SigningKey()
        self.spare = SigningKey()

    def rotate(self) -> None:
        """Sign with a new key from now on: the situation of a login during a key change."""
        self.current, self.spare = self.spare, SigningKey()

    def jwks(self, with_ids: bool) -> dict[str, Any]:
        """One key without ``kid``, as published by Globus, or two with (§5)."""
        keys = [self.spare, self.current] if with_ids else [self.current]
        return {"keys": [key.jwk(with_ids) for key in keys]}

    def encode(self, claims: dict[str, Any], with_ids: bool, fault: str = "") -> str:
        """A compact JWT; ``fault`` "signature" or "alg" spoils it the way an attacker would."""
        header = {"typ": "JWT", "alg": "HS512" if fault == "alg" else "RS512"}
        if with_ids:
            header["kid"] = self.current.id
        signed = f"{b64url(_compact(header))}.{b64url(_compact(claims))}"
        if fault == "alg":
            public = self.current.jwk(False)["n"].encode()
            signature = hmac.new(public, signed.encode(), hashlib.sha512).digest()
        else:
            signature = self.current.sign(signed.encode())
        if fault == "signature":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        return f"{signed}.{b64url(signature)}"


def at_hash(access_token: str) -> str:
    digest = hashlib.sha512(access_token.encode()).digest()
    return b64url(digest[: len(digest) // 2])


def _big_endian(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
