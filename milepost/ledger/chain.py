"""Proving the chain of seals: recomputed from the rows, it names the first that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from milepost.ledger import leaves, seals
from milepost.ledger.leaves import CHANGING, FORMS, LEAF, NO_SALT, SALT_BYTES
from milepost.models import Redaction, Seal, SealHead

AT_ONCE = 5_000  # rows that are read together
_STANDING = np.dtype(
    [("id", np.int64), ("form", np.int16), ("number", np.int32), ("leaf", "V16"), ("salt", f"V{SALT_BYTES}")]
)


@dataclass(frozen=True)
class Fault:
    """Something recorded that is not as it was sealed."""

    what: str
    id: int
    found: str
    seal: int
    sealed_at: datetime | None

    def __str__(self) -> str:
        made = f" of {leaves.moment(self.id):%Y-%m-%d %H:%M:%S} UTC" if self.id else ""
        named = f"{self.what} {self.id}{made}" if self.id else self.what
        if self.sealed_at is None:
            return f"{named}: {self.found}"
        sealed = f"{self.sealed_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"{named}: {self.found} (seal {self.seal} of {sealed})"


@dataclass(frozen=True)
class Extent:
    """How far a workspace's chain reaches."""

    seals: int
    rows: int
    redactions: int
    at: datetime | None
    digest: str


def extent(workspace_id: int) -> Extent:
    """Count what a workspace's chain holds."""
    rows = Seal.objects.of(workspace_id)
    last = rows.order_by("number").last()
    held = sum(sum(counts.values()) for counts in rows.values_list("counts", flat=True).iterator())
    return Extent(
        last.number if last else 0,
        held,
        Redaction.objects.of(workspace_id).count(),
        last and last.at,
        last.digest if last else "",
    )


def digest_of(workspace_id: int, number: int) -> str | None:
    """Return the hash of one seal, None where there is no such seal."""
    return Seal.objects.of(workspace_id).filter(number=number).values_list("digest", flat=True).first()


def faults(workspace_id: int) -> Iterator[Fault]:
    """Yield whatever does not fit the chain, in the order in which it was sealed."""
    proof = _Proof(workspace_id)
    yield from proof.links_and_rows()
    yield from proof.rows_of_today()
    yield from proof.head()
    yield from proof.strangers()


def faults_of_end(workspace_id: int) -> Iterator[Fault]:
    """Yield what is wrong with the end of a chain, which takes no walk along it."""
    proof = _Proof(workspace_id)
    proof.last = Seal.objects.of(workspace_id).order_by("number").last()
    yield from proof.head()


class _Proof:
    """One walk along a chain."""

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        self.known: dict[str, list[np.ndarray]] = {}
        self.changing: dict[str, list[np.ndarray]] = {}  # where rows stand that change, table by table
        self.last: Seal | None = None
        self.complete: Seal | None = None

    def links_and_rows(self) -> Iterator[Fault]:
        group: list[Seal] = []
        held = 0
        for one in Seal.objects.of(self.workspace_id).order_by("number").iterator(chunk_size=100):
            broken = [*self._of_link(one)]
            yield from broken
            self.last = one
            self.complete = one if one.is_complete else self.complete
            if broken:  # which rows it held cannot be told any more
                continue
            for table, _, ids in leaves.by_table(one):
                self.known.setdefault(table, []).append(ids)
                if table in CHANGING[one.form]:
                    self.changing.setdefault(table, []).append(_standing(one, table))
            group.append(one)
            held += sum(one.counts.values())
            if held >= AT_ONCE:
                yield from self._of_rows(group)
                group, held = [], 0
        yield from self._of_rows(group)

    def _of_link(self, one: Seal) -> Iterator[Fault]:
        before = self.last
        number, digest = (before.number, before.digest) if before else (0, "")
        if one.number != number + 1:
            yield _at_fault(one, f"follows seal {number}: what stood between is gone")
        elif one.previous != digest:
            yield _at_fault(one, "does not follow the seal before it")
        if one.digest != leaves.digest(one):
            yield _at_fault(one, "was altered")
            return
        ids = leaves.named(one)["id"]
        count = sum(one.counts.values())
        is_whole = (
            one.form in FORMS
            and one.counts.keys() <= FORMS[one.form].keys()
            and len(bytes(one.rows)) == count * LEAF.itemsize
            and (not count or (one.lowest, one.highest) == (ids.min(), ids.max()))
            and len(leaves.salts(one, count)) == count
            and not (bytes(one.seed) and bytes(one.salts))
            and one.floor == seals.floor_after(self.complete, one.began)
        )
        if not is_whole:
            yield _at_fault(one, "contradicts itself")

    def _of_rows(self, group: Sequence[Seal]) -> Iterator[Fault]:
        found = [*self._compared(group)]
        if found:
            # Somebody may have been forgotten while this was read: then what is there now fits.
            anew = Seal.objects.of(self.workspace_id).filter(id__among=[one.id for one in group])
            found = [*self._compared(anew.order_by("number"))]
        yield from found

    def _compared(self, group: Sequence[Seal]) -> Iterator[Fault]:
        wanted: dict[tuple[int, str], list[int]] = {}
        for one in group:
            for table, _, ids in leaves.by_table(one):
                if table not in CHANGING[one.form]:
                    wanted.setdefault((one.form, table), []).extend(ids.tolist())
        read = {key: leaves.read(*key, self.workspace_id, ids) for key, ids in wanted.items()}
        freed, gone, resealed = self._redactions([id for ids in wanted.values() for id in ids])
        for one in group:
            salts, hashes = leaves.salts(one, sum(one.counts.values())), leaves.named(one)["leaf"]
            for table, id, position in leaves.places(one):
                if table in CHANGING[one.form]:
                    continue
                row, salt = read[one.form, table].get(id), salts[position]
                if (table, id, one.number) in freed:
                    if salt != NO_SALT:
                        yield _row_at_fault(one, table, id, "was taken out, yet its salt is there")
                    elif row is not None and (table, id) in gone:
                        yield _row_at_fault(one, table, id, "was deleted, and is there again")
                elif row is None:
                    yield _row_at_fault(one, table, id, "is gone")
                elif hashes[position].tobytes() != leaves.leaf(salt, table, row):
                    yield _row_at_fault(one, table, id, "was altered")
                elif one.floor > id and (table, id) not in resealed:
                    yield _row_at_fault(one, table, id, "came too late")

    def _redactions(self, ids: Sequence[int]) -> tuple[set, set, set]:
        rows = Redaction.objects.of(self.workspace_id).filter(row_id__among=ids)
        told = list(rows.values_list("table", "row_id", "seal", "is_gone"))
        return (
            {(table, id, number) for table, id, number, _ in told},
            {(table, id) for table, id, _, is_gone in told if is_gone},
            {(table, id) for table, id, _, is_gone in told if not is_gone},
        )

    def rows_of_today(self) -> Iterator[Fault]:
        """Compare the rows that change with the last seal of each: what was before is theirs no more."""
        for table, parts in sorted(self.changing.items()):
            standing = np.concatenate(parts)[::-1]
            standing = standing[np.unique(standing["id"], return_index=True)[1]]
            for start in range(0, len(standing), AT_ONCE):
                batch = standing[start : start + AT_ONCE]
                if found := [*self._compared_today(table, batch)]:
                    # Somebody may have been forgotten while this was read.
                    numbers = {fault.seal for fault in found}
                    seals = Seal.objects.of(self.workspace_id).filter(number__in=numbers)
                    anew = np.concatenate([_standing(one, table) for one in seals])
                    places = {(fault.id, fault.seal) for fault in found}
                    told = zip(anew["id"].tolist(), anew["number"].tolist(), strict=True)
                    yield from self._compared_today(table, anew[[place in places for place in told]])

    def _compared_today(self, table: str, standing: np.ndarray) -> Iterator[Fault]:
        read = {
            form: leaves.read(
                form, table, self.workspace_id, standing["id"][standing["form"] == form].tolist()
            )
            for form in {*standing["form"].tolist()}
        }
        ids = standing["id"].tolist()
        freed, gone, _ = self._redactions(ids)
        changed = self._said_to_change(table, ids)
        ats = dict(
            Seal.objects.of(self.workspace_id)
            .filter(number__in={*standing["number"].tolist()})
            .values_list("number", "at")
        )
        for id, form, number, leaf, salt in standing.tolist():
            row, told = read[form].get(id), ""
            if (table, id, number) in freed:
                if salt != NO_SALT:
                    told = "was taken out, yet its salt is there"
                elif row is not None and (table, id) in gone:
                    told = "was deleted, and is there again"
            elif row is None:
                told = "is gone"
            elif leaf != leaves.leaf(salt, table, row) and id not in changed:
                told = "was altered"
            if told:
                yield Fault(table, id, told, number, ats.get(number))

    def _said_to_change(self, table: str, ids: Sequence[int]) -> set[int]:
        """Return the rows that Milepost changed since they were sealed, and will seal anew."""
        rows = Redaction.objects.of(self.workspace_id).filter(row_id__among=ids, table=table, is_gone=False)
        told = list(rows.values_list("id", "row_id"))
        known = np.concatenate(self.known.get("redaction") or [np.zeros(0, np.int64)])
        sealed = np.isin([id for id, _ in told], known)
        return {row_id for (_, row_id), is_sealed in zip(told, sealed.tolist(), strict=True) if not is_sealed}

    def head(self) -> Iterator[Fault]:
        heads = list(SealHead.objects.of(self.workspace_id).values_list("number", "digest"))
        if not heads:
            if self.last is not None:
                yield Fault("the head of the chain", 0, "is gone", 0, None)
            return
        number, digest = heads[0]
        mine = digest_of(self.workspace_id, number)
        if mine is None:
            end = self.last.number if self.last else 0
            yield Fault("the chain of seals", 0, f"ends at seal {end}, and had {number}", 0, None)
        elif mine != digest or (self.last is not None and number < self.last.number):
            yield Fault("the head of the chain", 0, f"is not that of seal {number}", 0, None)

    def strangers(self) -> Iterator[Fault]:
        """Yield rows that no seal names although their ids say that one had to."""
        if self.complete is None:
            return
        floor = seals.floor_after(self.complete, self.complete.began)
        for table in sorted(FORMS[self.complete.form]):
            there = leaves.ids_of(table, self.workspace_id, until=floor)
            known = np.concatenate(self.known[table]) if table in self.known else ()
            for id in np.setdiff1d(there, known).tolist():
                yield Fault(table, id, "was put in afterwards: no seal names it", 0, None)


def _standing(one: Seal, table: str) -> np.ndarray:
    """Return where the rows of a table stand in a seal, each with its hash and salt."""
    salts = leaves.salts(one, sum(one.counts.values()))
    first, ids = next((first, ids) for name, first, ids in leaves.by_table(one) if name == table)
    found = np.empty(len(ids), _STANDING)
    found["id"], found["form"], found["number"] = ids, one.form, one.number
    found["leaf"] = leaves.named(one)["leaf"][first : first + len(ids)]
    found["salt"] = np.frombuffer(b"".join(salts[first : first + len(ids)]), f"V{SALT_BYTES}")
    return found


def _at_fault(one: Seal, found: str) -> Fault:
    return Fault(f"seal {one.number}", 0, found, one.number, one.at)


def _row_at_fault(one: Seal, table: str, id: int, found: str) -> Fault:
    return Fault(table, id, found, one.number, one.at)
