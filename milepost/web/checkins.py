"""Check-ins over HTTP: the busiest address, so little stands between the request and the action."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from milepost.actions import checkins as actions
from milepost.actions import submissions
from milepost.actions.checkins import NoValue, Recorded
from milepost.core import access, addresses, ids, numbers
from milepost.core.problems import Invalid, Problem
from milepost.core.scoring import plain
from milepost.formats import exact_json
from milepost.ledger import stillness
from milepost.queries import checkins as queries
from milepost.queries import days, shell
from milepost.queries.cards import Reader
from milepost.web import answers, pages, problems, week
from milepost.web.actors import in_workspace
from milepost.web.methods import inside
from milepost.web.submissions import new_mark
from milepost.web.toasts import saved, undo_url

_SEPARATED = re.compile(r"\d[\s,'’]\d|^\D*,\d")


@in_workspace
def create(request: HttpRequest, key_result: int) -> HttpResponse:
    """Record a check-in; answer with what moved: as parts to swap, as JSON, or by going back."""
    if request.method != "POST":
        if request.method == "GET":
            return HttpResponseRedirect(addresses.key_result(request.seat.slug, key_result))
        return HttpResponseNotAllowed(["GET", "POST"])
    before = queries.shown_before(request.actor, request.today, key_result)
    try:
        given = said(request, key_result)
        look_twice(request, key_result, given)
        if _is_early(request, key_result, given):
            return _ask_whether_early(request, key_result, given)
        if earlier := _said_already(request, key_result, given):
            return _ask_once_more(request, key_result, earlier)
        made = actions.record(key_result=key_result, **given, by=request.actor, at=request.at)
    except Problem as problem:
        if answers.are_json(request):
            return problems.as_json(problem)
        if isinstance(problem, Invalid) and not request.headers.get("HX-Request"):
            return _again(request, key_result, problem)
        if problem.field == "value" and request.POST.get("value") and "HX-Request" in request.headers:
            return _marked(request, key_result, problem)
        raise
    with stillness.as_of(made.still):
        return _answer(request, made, before, given)


@in_workspace
def edit(request: HttpRequest, checkin: int) -> HttpResponse:
    """Show the form that corrects an entry."""
    return _edit_page(request, checkin)


@in_workspace
def update(request: HttpRequest, checkin: int) -> HttpResponse:
    """Correct an entry by a new one that names it."""
    reader = Reader(request.actor, request.today)
    form = queries.correction(reader, checkin)
    try:
        given = said(request, form.key_result.number)
        given["effective_at"] = moment(request, request.POST.get("on"), today_too=True)
        look_twice(request, form.key_result.number, given)
        made = actions.correct(checkin=checkin, **given, by=request.actor, at=request.at)
    except Invalid as problem:
        return _edit_page(request, checkin, problem=problem)
    saved(request, "Corrected. The entry of before stays in the history.")
    return HttpResponseRedirect(_back(request, made), status=303)


@in_workspace
def destroy(request: HttpRequest, checkin: int) -> HttpResponse:
    """Take an entry back; the record keeps it."""
    made = actions.withdraw(
        checkin=checkin, note=request.POST.get("note", ""), by=request.actor, at=request.at
    )
    saved(request, "Withdrawn. It no longer counts; the history keeps it.")
    return HttpResponseRedirect(_back(request, made), status=303)


def _edit_page(request: HttpRequest, checkin: int, *, problem: Invalid | None = None) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    form = queries.correction(reader, checkin)
    one = reader.key_result_row(form.key_result.number)
    standing = reader.standing(reader.objective_row(one.objective_id), one)
    access.require(access.may_check_in(reader.actor, standing), "correct a check-in of this key result")
    context = {
        "form": form,
        "checkin": ids.encode(checkin),
        "problem": problem,
        "typed": request.POST if problem else {"note": form.note, "on": form.on.isoformat()},
        "submission": new_mark(),
        "draft_key": f"correction-{ids.encode(checkin)}-{request.actor.person_id}",
        "next": inside(request, (request.POST if problem else request.GET).get("next", "")),
    }
    crumbs = [(form.key_result.title, form.key_result.url), ("Correct a check-in", None)]
    status = 422 if problem else 200
    return pages.page(
        request, "checkins/edit.html", context, nav="teams", crumbs=crumbs, seen_by=reader, status=status
    )


def _again(request: HttpRequest, key_result: int, problem: Invalid) -> HttpResponse:
    """Show the form again with what was typed, and what is wrong beside its field."""
    reader = Reader(request.actor, request.today)
    form = queries.form(reader, reader.key_result_row(key_result))
    context = {"form": form, "problem": problem, "typed": request.POST, "submission": new_mark()}
    crumbs = [(form.key_result.title, form.key_result.url), ("Check in", None)]
    return pages.page(
        request, "checkins/new.html", context, nav="teams", crumbs=crumbs, seen_by=reader, status=422
    )


def _marked(request: HttpRequest, key_result: int, problem: Problem) -> HttpResponse:
    """Answer with the field alone, what was typed in it, and beside it why that cannot be saved."""
    reader = Reader(request.actor, request.today)
    card = reader.key_result(reader.key_result_row(key_result), trend=False)
    context = {"key_result": card, "typed": request.POST["value"], "problem": problem}
    return render(request, "checkins/refused.hx.html", context, status=problem.status)


def look_twice(request: HttpRequest, key_result: int, given: dict) -> None:
    """Raise FarOut where a form says what is likely a slip; meant, it comes once more with `sure`.

    Programs get a warning with their answer.
    """
    typed = request.POST.get("value", "")
    if not typed or given["value"] is None or "submission" not in request.POST or answers.are_json(request):
        return
    if request.POST.get("sure") != format(given["value"], "f"):
        queries.look_twice(request.actor, request.today, key_result, given["value"], typed)


def _is_early(request: HttpRequest, key_result: int, given: dict) -> bool:
    """Say whether a form names a day before the key result's window: mostly a slip, so it is asked about.

    If it is meant, it is sent as `early`. Programs get a warning with their answer.
    """
    if answers.are_json(request) or request.headers.get("HX-Request") or given["effective_at"] is None:
        return False
    if "submission" not in request.POST or request.POST.get("early"):
        return False
    reader = Reader(request.actor, request.today)
    day = reader.local(given["effective_at"]).date()
    return day < reader.window(reader.key_result_row(key_result)).begins_on


def _ask_whether_early(request: HttpRequest, key_result: int, given: dict) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    one = reader.key_result_row(key_result)
    card = reader.key_result(one, trend=False)
    context = {
        "key_result": card,
        "day": reader.local(given["effective_at"]).date(),
        "begins_on": reader.window(one).begins_on,
        "here": request.path,
        "kept": _kept(request),
    }
    crumbs = [(card.title, card.url), ("Check in", None)]
    return pages.page(
        request, "checkins/early.html", context, nav="teams", crumbs=crumbs, seen_by=reader, status=409
    )


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """List what a form said, to be sent again as it is."""
    said = ((name, value) for name, values in request.POST.lists() for value in values)
    return [(name, value) for name, value in said if name != "csrfmiddlewaretoken"]


def _said_already(request: HttpRequest, key_result: int, given: dict) -> queries.Earlier | None:
    """Find what a form says for the second time: by the way back to a page that is made anew each time.

    It may be meant: then it is sent `once_more`. Programs and pages with scripts mark what they repeat.
    """
    if answers.are_json(request) or request.headers.get("HX-Request"):
        return None
    if "submission" not in request.POST or request.POST.get("once_more"):
        return None
    reader = Reader(request.actor, request.today)
    given = dict(given)
    moment = given.pop("effective_at")
    on = reader.local(moment).date() if moment else request.today
    with reader.image.lock:
        return queries.said_already(reader, reader.key_result_row(key_result), on=on, **given)


def _ask_once_more(request: HttpRequest, key_result: int, earlier: queries.Earlier) -> HttpResponse:
    reader = Reader(request.actor, request.today)
    card = reader.key_result(reader.key_result_row(key_result), trend=False)
    context = {
        "key_result": card,
        "earlier": earlier,
        "recorded_at": reader.local(earlier.recorded_at),
        "here": request.path,
        "kept": _kept(request),
    }
    crumbs = [(card.title, card.url), ("Check in", None)]
    return pages.page(
        request, "checkins/once_more.html", context, nav="teams", crumbs=crumbs, seen_by=reader, status=409
    )


def _answer(request: HttpRequest, made: Recorded, before: dict, given: dict) -> HttpResponse:
    outcome = queries.outcome(request.actor, request.today, made.key_result_id, before=before)
    if answers.are_json(request):
        body = {
            "id": made.id,
            "again": made.again,
            "warning": made.warning,
            "key_result": outcome.key_result,
            "ancestors": outcome.ancestors,
        }
        return HttpResponse(orjson.dumps(body), status=200 if made.again else 201, content_type=answers.JSON)
    if request.headers.get("HX-Request"):
        reader = Reader(request.actor, request.today)
        one = reader.key_result_row(made.key_result_id)
        context = {
            "outcome": outcome,
            "warning": made.warning,
            "reading": _reading(request, given),
            "key_result": reader.key_result(one),
            "today": request.today,
            "due": len(due := shell.due_now(reader)),
            "due_words": week.due_words(len(due)),
            "beside": week.beside(request, reader),
            "undo": undo_url(request),
        }
        return render(request, "checkins/create.hx.html", context)
    saved(request, _sentence(outcome, made, _reading(request, given)))
    return HttpResponseRedirect(_back(request, made), status=303)


def _sentence(outcome: queries.Outcome, made: Recorded, reading: str) -> str:
    said = f"{outcome.key_result.title}: {outcome.key_result.percent or 'no data'}.{reading}"
    if outcome.ancestors:
        nearest = outcome.ancestors[0]
        said += f" {nearest.title}: {nearest.percent or 'no data'}."
    if made.again:
        said = f"Recorded already, so it counts once. {said}"
    return f"{said} {made.warning}" if made.warning else said


def _reading(request: HttpRequest, given: dict) -> str:
    """Say how a number was read whose commas, spaces or apostrophes may mean one thing or another."""
    typed = request.POST.get("value", "").strip()
    if given["value"] is None or not _SEPARATED.search(typed):
        return ""
    return f" “{typed}” reads as {plain(given['value'], numbers.PLACES)}."


def _back(request: HttpRequest, made: Recorded) -> str:
    there = inside(request, request.POST.get("next", ""))
    return there or addresses.key_result(request.seat.slug, made.key_result_id)


# -- what the form or the program says ---------------------------------------------------------------------


def said(request: HttpRequest, key_result: int) -> dict:
    """Read what a form or a program says of a key result; raises Invalid naming the field."""
    if request.content_type == answers.JSON:
        return _said_in_json(request)
    form = request.POST
    parts = form.getlist("parts")
    if form.get("same"):
        reader = Reader(request.actor, request.today)
        value, done = queries.last_value(reader, reader.key_result_row(key_result))
    elif form.get("no_data"):
        value, done = None, None
    elif parts:
        value, done = None, [_part(text) for text in parts]
    else:
        value, done = numbers.read(form.get("value"), form.get("unit")), None
        if value is None:
            raise NoValue("Type one, or choose “No data”.")
    confidence = form.get("confidence") or None
    is_number = confidence is None or (
        confidence.isdecimal() and confidence.isascii() and len(confidence) < 10
    )
    if not is_number:  # one of thousands of digits is not even read
        raise Invalid("Confidence is a number from 1 to 10.", field="confidence", remedy="For example 7.")
    return {
        "value": value,
        "parts": done,
        "confidence": int(confidence) if confidence else None,
        "note": form.get("note", ""),
        "effective_at": moment(request, form.get("on")),
        "submission": _key(form.get("submission") or request.headers.get("Idempotency-Key")),
    }


def _said_in_json(request: HttpRequest) -> dict:
    body = exact_json.read(request.body)
    known = {"value", "parts", "confidence", "note", "on"}
    if not isinstance(body, dict) or body.keys() - known:
        extra = ", ".join(sorted(body.keys() - known)) if isinstance(body, dict) else "the body"
        raise Invalid(f"Not known here: {extra}.", remedy=f"A check-in takes: {', '.join(sorted(known))}.")
    if not body.keys() & {"value", "parts"}:
        raise NoValue("Give a value, or null for “no data”.")
    value, parts, confidence = body.get("value"), body.get("parts"), body.get("confidence")
    note, on = body.get("note", ""), body.get("on")
    if confidence is not None and (not isinstance(confidence, int) or isinstance(confidence, bool)):
        raise Invalid("Confidence is a number from 1 to 10.", field="confidence", remedy="For example 7.")
    if not isinstance(note, str) or not (on is None or isinstance(on, str)):
        raise Invalid("The note and the day are text.", field="note", remedy="Send both as strings.")
    if parts is not None and not isinstance(parts, list):
        raise Invalid("Milestones come as a list of shares.", field="parts", remedy="For example [1, 0.5].")
    return {
        "value": _number(value),
        "parts": None if parts is None else [_part(str(part)) for part in parts],
        "confidence": confidence,
        "note": note,
        "effective_at": moment(request, on),
        "submission": _key(request.headers.get("Idempotency-Key")),
    }


def _number(value: object) -> Decimal | None:
    match value:
        case None:
            return None
        case bool() | int() | Decimal():
            return Decimal(value)
        case str():
            return numbers.read(value)
    raise Invalid("A value is a number.", field="value", code="not_a_number", remedy="For example 7.5.")


def _part(text: str) -> Decimal:
    found = numbers.read(text, field="parts")
    if found is None:
        raise Invalid(
            "Say how much of each milestone is done.", field="parts", remedy="0 is not begun, 1 is done."
        )
    return found


def _key(text: str | None) -> str | None:
    if text is None:
        return None
    if not submissions.can_be_kept(text):
        raise Invalid(
            f"An idempotency key has 1 to {submissions.LONGEST} plain characters.",
            code="bad_idempotency_key",
            remedy="A random UUID for each request serves well.",
        )
    return text


def moment(request: HttpRequest, text: str | None, *, today_too: bool = False) -> datetime | None:
    """Return the moment a back-dated check-in is for, noon of its day; None for today unless `today_too`."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"“{text[:20]}” is no date.", field="on", remedy="Write it as 2026-11-21.") from None
    if day == request.today:
        return request.at if today_too else None
    return days.noon(request.actor, day)
