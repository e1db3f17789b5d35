"""A program as it speaks to the API: JSON, a token, nothing else."""

from __future__ import annotations

from typing import Any

import orjson
from django.test import Client

from milepost.api.codes import CODES

ROOT = "/api/v1"


class Program:
    """Sends requests with a token (None: without one) and reads the answers."""

    def __init__(self, secret: str | None, token_id: int = 0) -> None:
        self.secret, self.token_id = secret, token_id
        self.client = Client(enforce_csrf_checks=True)

    def get(self, path: str, **headers: str) -> Any:
        """Read an address below /api/v1."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Make something."""
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        """Change something."""
        return self.send("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        """Set something."""
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        """End something."""
        return self.send("DELETE", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; headers are named with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret is not None:
            named.setdefault("Authorization", f"Bearer {self.secret}")
        data = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        where = path if path.startswith("/api/") else ROOT + path
        more = {} if body is None else {"content_type": named.pop("Content-Type", "application/json")}
        answer = self.client.generic(method, where, data, headers=named, **more)
        if answer.status_code >= 400:
            said = answer.json()
            assert said["code"] in CODES, said  # the document names them all
            assert said["remedy"], said
        return answer
