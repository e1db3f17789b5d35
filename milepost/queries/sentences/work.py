"""Sentences about the work itself: objectives, key results, check-ins, initiatives, alignments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from milepost.queries.sentences.differences import changed
from milepost.queries.sentences.phrases import Phrase, Teller, Telling, exact, words


def _checked_in(told: Telling) -> list[Phrase]:
    one = told.reader.image.key_results.get(told.event.key_result_id)
    value, about_it = exact(told.data.get("value")), told.key_result
    if one is not None and one.kind == "milestones":
        said = [words("checked in the milestones of "), about_it]
    elif value is None:
        said = [words("reported no data on "), about_it]
    elif one is not None and one.kind == "binary":
        said = [words("reported "), about_it, words(" as done" if value else " as not done yet")]
    else:
        said = [
            words("checked in "),
            Phrase(value=value, unit=told.unit, is_strong=True),
            words(" on "),
            about_it,
        ]
    confidence = told.data.get("confidence")
    if confidence is not None:
        said = [*said, words(f", confidence {confidence}")]
    return said + _for_a_day(told)


def _corrected(told: Telling) -> list[Phrase]:
    value = exact(told.data.get("value"))
    said = [words("corrected an entry of "), told.key_result]
    if value is not None:
        said += [words(" to "), Phrase(value=value, unit=told.unit, is_strong=True)]
    return said + _for_a_day(told)


def _for_a_day(told: Telling) -> list[Phrase]:
    """Say which day a check-in is for, where that was over when it came."""
    on = told.data.get("on")
    return [words(f", for {date.fromisoformat(on):%-d %b %Y}")] if on else []


def _on_objective(verb: str) -> Teller:
    return lambda told: [words(f"{verb} "), told.objective]


def _on_key_result(verb: str) -> Teller:
    return lambda told: [words(f"{verb} "), told.key_result]


def _closed(told: Telling) -> list[Phrase]:
    grade = told.data.get("grade")
    return [words("closed "), told.objective, *([words(f" with grade {grade}")] if grade else [])]


def _added_key_result(told: Telling) -> list[Phrase]:
    return [words("added "), told.key_result, words(" to "), told.objective]


def _changed(told: Telling) -> list[Phrase]:
    return changed(told, words("changed "), told.key_result)


def _reordered(told: Telling) -> list[Phrase]:
    return [words("moved "), told.key_result, words(f" {'up' if told.data.get('up') else 'down'}")]


def _added_initiative(told: Telling) -> list[Phrase]:
    return [words("added the initiative "), _quoted(told), words(" to "), told.key_result]


def _finished_initiative(told: Telling) -> list[Phrase]:
    return [words("finished "), _quoted(told), words(" for "), told.key_result]


def _changed_initiative(told: Telling) -> list[Phrase]:
    changes = told.data.get("changes", {})
    if "state" in changes:
        verb = {"doing": "began", "dropped": "dropped", "planned": "put back"}.get(
            changes["state"][1], "changed"
        )
        return [words(f"{verb} "), _quoted(told), words(" for "), told.key_result]
    return changed(told, words("changed "), _quoted(told), words(" of "), told.key_result)


def _quoted(told: Telling) -> Phrase:
    return Phrase(f"“{told.data.get('title', '')}”")


def _aligned(verbs: Mapping[str, str]) -> Teller:
    def tell(told: Telling) -> list[Phrase] | None:
        above = told.data.get("parent")
        if not told.reader.finds(above):
            return None  # a link to what the reader may not see is not mentioned either
        how = "contribute to" if told.data.get("how") == "contributes" else "support"
        said = [words(f"{verbs['before']} "), told.objective, words(f" {verbs['between'].format(how)} ")]
        why = ", which would have made something serve itself" if told.data.get("made_way") else ""
        return changed(told, *said, told.link(above), *([words(why)] if why else []))

    return tell


def _moved(told: Telling) -> list[Phrase] | None:
    if not all(told.reader.finds(id) for id in told.data.get("parents", ())):
        return None  # what the reader may not see is not mentioned
    to = told.data.get("to")
    left = [id for id in told.data.get("parents", ()) if id != to]
    if to is None:
        said = [words("let "), told.objective, words(" stand by itself")]
        return [*said, *([words(", no longer below "), told.link(left[0])] if left else [])]
    where = [words(" from below "), told.link(left[0]), words(" to")] if left else []
    return [words("moved "), told.objective, *where, words(" below "), told.link(to)]


def _moved_back(told: Telling) -> list[Phrase] | None:
    return None if _moved(told) is None else [words("moved "), told.objective, words(" back")]


TELLERS: Mapping[str, Teller] = MappingProxyType(
    {
        "checkin.recorded": _checked_in,
        "checkin.corrected": _corrected,
        "checkin.withdrawn": _on_key_result("took back an entry of"),
        "comment.added": _on_key_result("wrote about"),
        "comment.withdrawn": _on_key_result("took back a comment on"),
        "objective.drafted": _on_objective("drafted"),
        "objective.changed": _changed,
        "objective.activated": _on_objective("activated"),
        "objective.started": _on_objective("started, with its cycle,"),
        "objective.cancelled": _on_objective("cancelled"),
        "objective.deferred": _on_objective("deferred"),
        "objective.parked": _on_objective("parked"),
        "objective.redrafted": _on_objective("took back to draft"),
        "objective.withdrawn": _on_objective("took away"),
        "objective.stepped_back": _on_objective("took a step back with"),
        "objective.closed": _closed,
        "objective.reopened": _on_objective("reopened"),
        "key_result.added": _added_key_result,
        "key_result.changed": _changed,
        "key_result.cancelled": _on_key_result("cancelled"),
        "key_result.restored": _on_key_result("took up again"),
        "key_result.withdrawn": _on_key_result("took away"),
        "key_result.moved": _reordered,
        "initiative.added": _added_initiative,
        "initiative.changed": _changed_initiative,
        "initiative.done": _finished_initiative,
        "initiative.withdrawn": lambda told: [words("took away the initiative "), _quoted(told)],
        "alignment.added": _aligned({"before": "let", "between": "{}"}),
        "alignment.changed": _aligned({"before": "changed how", "between": "serves"}),
        "alignment.ended": _aligned({"before": "ended the link from", "between": "to"}),
        "alignment.moved": _moved,
        "alignment.moved_back": _moved_back,
    }
)
