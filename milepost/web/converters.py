"""Path converters: an id in an address is 13 characters; anything else is no address at all."""

from __future__ import annotations

from milepost.core import ids


class IdConverter:
    """`<id:key_result>` gives the number behind the 13 characters."""

    regex = f"[{ids.ALPHABET}]{{{ids.LENGTH}}}"

    def to_python(self, value: str) -> int:
        number = ids.decode(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: int | str) -> str:
        return value if isinstance(value, str) else ids.encode(value)
