"""The heads of all chains as a signed text, to be kept where nobody of this server can change it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from milepost.core.problems import Invalid, NotFound
from milepost.ledger import chain
from milepost.ledger.chain import Fault
from milepost.queries import workspaces

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = "signing.key"
MOST_BYTES = 10_000_000


class NotAHead(Invalid):
    """A file that holds no heads, or none that its signature fits."""

    code = "not_a_head"


@dataclass(frozen=True)
class Head:
    """Where the chain of one workspace stood."""

    workspace: str
    number: int
    rows: int
    at: str
    digest: str


def now(slugs: Sequence[str]) -> list[Head]:
    """Return where the chains of workspaces stand, those that have one."""
    found = ((slug, chain.extent(workspaces.by_slug(slug))) for slug in slugs)
    return [
        Head(slug, one.seals, one.rows, one.at.astimezone(UTC).isoformat(), one.digest)
        for slug, one in found
        if one.at is not None
    ]


def signed(heads: Sequence[Head], at: datetime) -> dict[str, Any]:
    """Return heads with a signature of this installation, which anybody can check without asking it."""
    key, moment = _key(), at.astimezone(UTC).isoformat()
    signature = key.sign(_statement(heads, moment))
    return {
        "statement": _statement(heads, moment).decode(),
        "signed_at": moment,
        "heads": [asdict(head) for head in heads],
        "public_key": _pem(key),
        "signature": base64.b64encode(signature).decode(),
    }


def read(path: Path) -> tuple[list[Head], str]:
    """Return the heads in a file that `signed` made, and when it was; raises NotAHead, NotFound."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        with path.open("rb") as file:
            told = json.loads(file.read(MOST_BYTES))
        heads = [Head(**head) for head in told["heads"]]
        key, moment = load_pem_public_key(told["public_key"].encode()), str(told["signed_at"])
        if not isinstance(key, Ed25519PublicKey):
            raise TypeError
        key.verify(base64.b64decode(told["signature"]), _statement(heads, moment))
    except OSError as wrong:
        raise NotFound(f"{path} cannot be read: {wrong.strerror}.", remedy="Name another file.") from None
    except InvalidSignature:
        raise NotAHead(
            f"The signature in {path} does not fit what it says: it was changed after it was signed.",
            remedy="Take another copy of it, or an earlier head.",
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, UnsupportedAlgorithm, RecursionError):
        raise NotAHead(
            f"{path} is not what `milepost seal --json` prints.", remedy="Keep what it prints as it is."
        ) from None
    _require_own(path, told["public_key"])
    return heads, moment


def differences(
    heads: Sequence[Head], moment: str, *, only: str | None = None
) -> Iterator[tuple[str, Fault]]:
    """Compare heads of before with the chains of today, and yield which workspace differs, and how."""
    when = f"was signed on {moment[:16].replace('T', ' ')} UTC"
    for head in heads:
        if only not in (None, head.workspace):
            continue
        here = workspaces.by_slug(head.workspace)
        found = chain.digest_of(here, head.number) if here else None
        if here is None:
            yield (
                head.workspace,
                Fault("the workspace", 0, f"is not here any more; its chain {when}", 0, None),
            )
        elif found is None:
            told = f"ends before seal {head.number}, which {when}"
            yield head.workspace, Fault("the chain of seals", 0, told, 0, None)
        elif found != head.digest:
            yield head.workspace, Fault(f"seal {head.number}", 0, f"is not the one that {when}", 0, None)


def public_key() -> str:
    """Return what others check signatures with; the key is made where there is none yet."""
    return _pem(_key())


def _statement(heads: Sequence[Head], moment: str) -> bytes:
    lines = [f"{head.workspace} {head.number} {head.rows} {head.at} {head.digest}" for head in heads]
    return "\n".join(["Heads of Milepost", moment, *lines, ""]).encode()


def _pem(key: Ed25519PrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _key() -> Ed25519PrivateKey:
    """Return the key that signs, beside the secret key; it is made at its first use."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    path = settings.MILEPOST.data_dir / KEY
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        draft = path.with_name(f"{KEY}.{os.getpid()}")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(made)
        try:
            os.link(draft, path)  # of two that begin together, the first one's key is kept
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid(
            f"{path} is not a key that signs.",
            remedy="Put the right one back; if it is lost, delete the file, and a new one is made.",
            field="signing_key",
        )
    return key


def _require_own(path: Path, key: str) -> None:
    if (settings.MILEPOST.data_dir / KEY).exists() and key != public_key():
        raise NotAHead(
            f"{path} was signed by another installation.",
            remedy=f"Compare it there, or put that one's {KEY} back.",
        )
