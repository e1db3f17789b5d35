"""Turns the tree of an organisation, as it was published, into a plan.

`python tests/trees.py TREE.yaml > out.yaml` writes it as a file of OKRs.

What the publisher graded becomes a key result that reaches from 0 to 1, with the grade as its last check-in
and as a fact; what was left blank was not graded, so it is imported as cancelled and counts towards nothing.

A parent's published grade is the mean of its own graded key results wherever it has some. So a child supports
such a parent, and contributes to one that has none; to a team's total it contributes as much as it has graded
key results, because the total is their mean.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs as a script too

from milepost.core.alignment import path_of_loop
from milepost.core.plan import (
    AlignmentPlan,
    CheckInPlan,
    CyclePlan,
    GradePlan,
    InitiativePlan,
    KeyResultPlan,
    MeasurePlan,
    MembershipPlan,
    ObjectivePlan,
    PersonPlan,
    Plan,
    TeamPlan,
    WorkspacePlan,
    words,
)

PUBLISHED = "published"
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # leaves 0.33 the text it is
_BLANK = {"", "null", "~", "none", "n/a", "na", "x", "-", "–", "tbd"}
_PERSONAL = {"individual", "personal"}
_COMPANY = {"company", "organisation", "organization"}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def convert(path: Path | str) -> Plan:
    """Return the plan of a published tree."""
    return _Tree(yaml.load(Path(path).read_bytes(), _LOADER)).plan()


class _Ids:
    """Gives each thing an id of the shape that the format wants, the same one for the same name."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.taken: set[str] = set()

    def of(self, name: str) -> str:
        if name not in self.known:
            self.known[name] = self.new(name)
        return self.known[name]

    def new(self, name: str) -> str:
        shape = re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-._")[: words.ID_LONGEST - 6] or "it"
        found, number = shape, 1
        while found in self.taken:
            number += 1
            found = f"{shape}-{number}"
        self.taken.add(found)
        return found


@dataclass
class _Tree:
    """A published tree on its way to a plan."""

    raw: Mapping[str, Any]
    people: _Ids = field(default_factory=_Ids)
    teams: _Ids = field(default_factory=_Ids)
    cycles: _Ids = field(default_factory=_Ids)
    initiatives: _Ids = field(default_factory=_Ids)

    def __post_init__(self) -> None:
        self.name = _line(self.raw.get("organisation") or "An organisation")
        self.published = [each for each in _listed(self.raw.get("objectives")) if isinstance(each, Mapping)]
        self.by_id = {_said(each.get("id")): each for each in self.published}
        self.objective_ids = _ids_of(self.published)
        self.key_result_ids = _ids_of(one for each in self.published for one in _key_results(each))
        self.home = {  # of a published key result: the objective it stands under
            _said(one.get("id")): each for each in self.published for one in _key_results(each)
        }
        self.edges: list[tuple[str, str]] = []
        self.windows = dict(self._windows())

    def plan(self) -> Plan:
        top = TeamPlan(
            self.teams.of(self.name),
            self.name[: words.NAME_LONGEST],
            purpose=_text(f"As published: {'; '.join(map(_said, _listed(self.raw.get('sources'))))}"),
        )
        teams = self._teams(top)
        return Plan(
            WorkspacePlan(re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") or "published", self.name),
            tuple(PersonPlan(self.people.of(role), role[: words.NAME_LONGEST]) for role in self._roles()),
            teams,
            tuple(self._cycles()),
            tuple(self._objective(each) for each in self.published),
        )

    # --- when ---------------------------------------------------------------------------------------------

    def _windows(self) -> Iterator[tuple[str, tuple[date, date | None]]]:
        """Yield each period's days; one that only objectives name is guessed from its label and check-ins."""
        for period in _listed(self.raw.get("periods")):
            label = _said(period.get("label"))
            starts = _day(period.get("start")) or self._first_day(label)
            yield label, (starts, _sane_end(starts, _day(period.get("end"))))
        named = {_said(period.get("label")) for period in _listed(self.raw.get("periods"))}
        for label in dict.fromkeys(_said(each.get("period")) for each in self.published):
            if label not in named:
                yield label, (self._first_day(label), None)

    def _first_day(self, label: str) -> date:
        days = [
            day
            for each in self.published
            if _said(each.get("period")) == label
            for key_result in _key_results(each)
            for entry in _listed(key_result.get("check_ins"))
            if (day := _day(entry.get("date")))
        ]
        year = _YEAR.search(label)
        return min(days, default=date(int(year[0]) if year else 2000, 1, 1))

    def _cycles(self) -> Iterator[CyclePlan]:
        for label, (starts, ends) in self.windows.items():
            around = [
                (other_ends - other_starts, other)
                for other, (other_starts, other_ends) in self.windows.items()
                if ends and other_ends and other_starts <= starts and ends <= other_ends
                and (other_starts, other_ends) != (starts, ends)
            ]  # fmt: skip
            parent = min(around)[1] if around else None
            name = _line(label or "Undated")[: words.NAME_LONGEST]
            yield CyclePlan(self._cycle(label), name, starts, ends, self._cycle(parent) if parent else None)

    def _cycle(self, label: str) -> str:
        return self.cycles.of(label)

    # --- who ----------------------------------------------------------------------------------------------

    def _roles(self) -> list[str]:
        roles = [_role(each) for each in self.published]
        for each in self.published:
            roles += [_role(key_result) for key_result in _key_results(each)]
        return [role for role in dict.fromkeys(roles) if role]

    def _has_team(self, objective: Mapping[str, Any]) -> bool:
        level = _said(objective.get("level")).lower()
        return bool(_role(objective)) and level not in _COMPANY and level not in _PERSONAL

    def _teams(self, top: TeamPlan) -> tuple[TeamPlan, ...]:
        """Give each role with objectives a team, below the team whose objective its first one serves."""
        above: dict[str, str] = {}
        for each in self.published:
            if not self._has_team(each) or _role(each) in above:
                continue
            parent = self.by_id.get(_said(each.get("parent")))
            boss = _role(parent) if parent is not None and self._has_team(parent) else ""
            above[_role(each)] = boss if boss and not _leads_back(above, boss, _role(each)) else ""
        return (
            top,
            *(
                TeamPlan(
                    self._team(role),
                    role[: words.NAME_LONGEST],
                    parent=self._team(boss) if boss else top.id,
                    members=(MembershipPlan(self.people.of(role), lead=True),),
                )
                for role, boss in above.items()
            ),
        )

    def _team(self, role: str) -> str:
        return self.teams.of(f"team {role}" if role == self.name else role)

    # --- what ---------------------------------------------------------------------------------------------

    def _objective(self, raw: Mapping[str, Any]) -> ObjectivePlan:
        label = _said(raw.get("period"))
        grade = _grade(raw.get("grade"))
        title, description = _title(raw)
        role = _role(raw)
        last = self._last_moment(label, raw)
        published = _key_results(raw)
        return ObjectivePlan(
            self.objective_ids[id(raw)],
            title,
            self._cycle(label),
            team=self._team(role) if self._has_team(raw) else None,
            description=description,
            level="strategic" if _said(raw.get("level")).lower() in _COMPANY else "tactical",
            owner=self.people.of(role) if role else None,
            state="active" if grade is None else "closed",
            created=_noon(self.windows[label][0]),
            aligned_to=tuple(self._alignments(raw)),
            key_results=tuple(self._key_result(each, label) for each in published),
            initiatives=tuple(self._initiatives(published)),
            grade=None if grade is None else _fact(grade, last),
        )

    def _alignments(self, raw: Mapping[str, Any]) -> Iterator[AlignmentPlan]:
        since = _noon(self.windows[_said(raw.get("period"))][0])
        parent = self.by_id.get(_said(raw.get("parent")))
        if self._may_serve(raw, parent):
            how, weight = "contributes", Decimal(1)
            if _graded(parent):
                how = "supports"
            elif _said(parent.get("level")).lower().endswith("total"):
                weight = Decimal(_graded(raw))
            yield AlignmentPlan(self.objective_ids[id(parent)], how=how, weight=weight, since=since)
        served = _said(raw.get("supports_key_result"))
        home = self.home.get(served)
        if self._may_serve(raw, home):
            key_result = next(one for one in _key_results(home) if _said(one.get("id")) == served)
            yield AlignmentPlan(key_result=self.key_result_ids[id(key_result)], how="supports", since=since)

    def _may_serve(self, raw: Mapping[str, Any], above: Mapping[str, Any] | None) -> bool:
        """Say whether the objective above is known and the link closes no ring, and note the link."""
        if above is None:
            return False
        edge = (self.objective_ids[id(raw)], self.objective_ids[id(above)])
        if path_of_loop(self.edges, *edge):
            return False
        self.edges.append(edge)
        return True

    def _key_result(self, raw: Mapping[str, Any], label: str) -> KeyResultPlan:
        grade = _grade(raw.get("grade"))
        title, description = _title(raw)
        role = _role(raw)
        entries = tuple(self._check_ins(raw, label, grade))
        return KeyResultPlan(
            self.key_result_ids[id(raw)],
            title,
            MeasurePlan("reach", target=Decimal(1)),
            description=description,
            owner=self.people.of(role) if role else None,
            state="cancelled" if grade is None else "graded",
            created=_noon(self.windows[label][0]),
            check_ins=entries,
            grade=None if grade is None else _fact(grade, entries[-1].at),
        )

    def _check_ins(self, raw: Mapping[str, Any], label: str, grade: Decimal | None) -> Iterator[CheckInPlan]:
        """Yield the dated scores, that of the middle where only it is known, and the grade at the end."""
        last: CheckInPlan | None = None
        dated = [
            (day, _grade(entry.get("score")))
            for entry in _listed(raw.get("check_ins"))
            if (day := _day(entry.get("date")))
        ]
        if not dated and (middle := _grade(raw.get("mid_grade"))) is not None:
            dated = [(self._middle(label), middle)]
        for number, (day, score) in enumerate(sorted(dated, key=lambda pair: pair[0]), 1):
            last = CheckInPlan(f"{day}.{number}", _noon(day), _noon(day), score)
            yield last
        if grade is not None and (last is None or last.value != grade):
            at = max(self._last_moment(label, raw), last.at + timedelta(hours=1) if last else _noon(date.min))
            yield CheckInPlan(PUBLISHED, at, at, grade, note=_text(_said(raw.get("status_text"))))

    def _initiatives(self, published: Iterable[Mapping[str, Any]]) -> Iterator[InitiativePlan]:
        for raw in published:
            for number, each in enumerate(_listed(raw.get("initiatives")), 1):
                title, description = _title(each if isinstance(each, Mapping) else {"title": each})
                key_result = self.key_result_ids[id(raw)]
                yield InitiativePlan(
                    self.initiatives.of(f"{key_result}-i{number}"), title, description, key_result
                )

    def _middle(self, label: str) -> date:
        starts, ends = self.windows[label]
        return starts + ((ends - starts) / 2 if ends else timedelta(days=45))

    def _last_moment(self, label: str, raw: Mapping[str, Any]) -> datetime:
        starts, ends = self.windows[label]
        if ends is not None:
            return _noon(ends)
        listed = [raw, *_key_results(raw)]
        days = [_day(entry.get("date")) for each in listed for entry in _listed(each.get("check_ins"))]
        return _noon(max([day for day in days if day], default=starts))


# --- cells ---------------------------------------------------------------------------------------------


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _said(raw: Any) -> str:
    return "" if raw is None or str(raw).strip() in ("null", "~") else str(raw).strip()


def _line(raw: Any) -> str:
    return " ".join(_said(raw).split())


def _text(text: str) -> str:
    return text[: words.TEXT_LONGEST]


def _key_results(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in _listed(raw.get("key_results")) if isinstance(each, Mapping)]


def _ids_of(published: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Give each entry an id: the published one, its title where there is none, numbered where it is taken."""
    ids = _Ids()
    return {id(each): ids.new(_said(each.get("id")) or _line(each.get("title"))) for each in published}


def _role(raw: Mapping[str, Any]) -> str:
    return _line(raw.get("owner_role"))


def _title(raw: Mapping[str, Any]) -> tuple[str, str]:
    """Return a title that fits, and what else was published: a long title whole, priority, status."""
    whole = _line(raw.get("title")) or "(untitled)"
    title = whole if len(whole) <= words.TITLE_LONGEST else f"{whole[: words.TITLE_LONGEST - 1].rstrip()}…"
    said = [whole] if title != whole else []
    for name, text in (
        ("Priority", raw.get("priority")),
        ("Projected", raw.get("projected_grade")),
        ("Done", raw.get("done")),
        ("Status", raw.get("status_text")),
    ):
        if _said(text):
            said.append(f"{name} as published: {_said(text)}")
    return title, _text("\n".join(said))


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(_said(raw)[:10])
    except ValueError:
        return None


def _sane_end(starts: date, ends: date | None) -> date | None:
    """Leave the end open where a cycle could not have the length."""
    if ends is None or not timedelta(days=6) <= ends - starts < timedelta(days=5 * 365):
        return None
    return ends


def _noon(day: date) -> datetime:
    return datetime(max(day.year, 1900), day.month, day.day, 12, tzinfo=UTC)


def _grade(raw: Any) -> Decimal | None:
    if _said(raw).lower() in _BLANK:
        return None
    try:
        found = Decimal(_said(raw))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _graded(raw: Mapping[str, Any]) -> int:
    """Count the key results that were graded."""
    return sum(_grade(each.get("grade")) is not None for each in _key_results(raw))


def _fact(grade: Decimal, at: datetime) -> GradePlan:
    return GradePlan(min(max(grade, Decimal(0)), Decimal(1)), at, raw=grade, policy=PUBLISHED)


def _leads_back(above: Mapping[str, str], role: str, to: str) -> bool:
    while role:
        if role == to:
            return True
        role = above.get(role, "")
    return False


if __name__ == "__main__":
    from milepost.formats.okr_files import write

    sys.stdout.buffer.write(write(convert(sys.argv[1])))
