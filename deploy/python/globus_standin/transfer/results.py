"""The documents that say a call was carried out (§2.1, §2.4 to §2.9)."""

from __future__ import annotations

import secrets
import string
from typing import Any

from ..messages import Reply, Request, json_reply


def request_id() -> str:
    """Nine letters and digits, as support asks for them."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(9))


def result(request: Request, code: str, message: str, status: int = 200,
           data_type: str = "result", **members: Any) -> Reply:
    return json_reply({"DATA_TYPE": data_type, "code": code, "message": message,
                       "request_id": request_id(), "resource": request.path, **members}, status)
