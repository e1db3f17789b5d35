"""Problems as pages and as messages: what happened, that nothing was lost, and the next step."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from django.test import Client, RequestFactory

from milepost.core.ids import encode
from milepost.core.problems import Conflict, Invalid, NotAllowed, NotFound, Problem
from milepost.web import problems
from tests.cast import Cast
from tests.routes import routes

FORM = "application/x-www-form-urlencoded"
Browser = Callable[..., Client]


def asked(method: str = "GET", **headers: str):
    """A request as it is after the headers' middleware has stamped it."""
    request = RequestFactory().generic(method, "/w/acme/", headers=headers)
    request.csp_nonce = "n"
    return request


class TestPages:
    def test_nothing_here_reads_the_same_for_all(self, signed_in: Browser, cast: Cast):
        """What is not there and what may not be seen answer with the same page."""
        zed = signed_in("zed")

        pages = [zed.get(address) for address in ("/w/acme/", "/w/nosuch/", "/nowhere/")]

        assert [page.status_code for page in pages] == [404] * 3
        assert len({page.content for page in pages}) == 1
        assert NotFound.USUAL not in pages[0].content.decode()  # the heading says so
        assert "Nothing here" in pages[0].content.decode()
        assert "style-src 'self'" in pages[0].headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            ({"data": "a=1&" * 2_000}, 413, "too_large"),
            ({"data": "a=" + "b" * 3_000_000}, 413, "too_large"),
            ({"data": "a=b", "content_type": f"{FORM}; charset=utf-7"}, 400, "unreadable"),
            ({"data": "a=b", "headers": {"Host": "elsewhere.example"}}, 400, "unknown_host"),
        ],
    )
    def test_what_cannot_be_read_is_refused_kindly(self, cast: Cast, signed_in: Browser, sent, status, code):
        """Too much, in other letters or for another host: a page of ours that says so."""
        answer = signed_in("ada").post("/w/acme/looks/", **{"content_type": FORM} | sent)

        assert answer.status_code == status
        assert f'data-code="{code}"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("path", "above"),
        [
            ("/w/acme/teams/{id}/members/", "/w/acme/teams/{id}/"),
            ("/w/acme/teams/{id}/members/{id}/end/", "/w/acme/teams/{id}/"),
            ("/w/acme/key-results/{id}/position/", "/w/acme/key-results/{id}/"),
            ("/w/acme/cycles/{id}/closing/undo/", "/w/acme/cycles/"),
            ("/w/acme/alignments/{id}/ending/", "/w/acme/"),
            ("/w/acme/views/{id}/choice/", "/w/acme/views/"),
            ("/account/sessions/others/end/", "/account/"),
            ("/appearance/", "/"),
        ],
    )
    def test_the_address_of_a_form_leads_to_the_page_above(self, cast: Cast, signed_in, path, above):
        """Whoever opens where a form is sent finds the page that it belongs to."""
        known = {"id": encode(cast.product.id)}

        here = path.format(**known)
        answer = signed_in("ada").get(here)

        page = answer.content.decode()
        (steps,) = re.findall('<a class="btn pri" href="([^"]*)">', page)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert "No page here" in page and urljoin(here, steps) == above.format(**known)

    def test_every_page_refuses_in_words(self, cast: Cast, signed_in):
        """Whatever an address does not take, a person reads a page, and a program an object."""
        ada, empty = signed_in("ada"), []

        for route in routes():
            if route.is_for_programs or route.arguments - {"slug"}:
                continue
            path = "/" + route.pattern.replace("<slug:slug>", "acme")
            page, told = ada.put(path), ada.put(path, headers={"Accept": "application/json"})
            if page.status_code == 405 and (b"<h1>" not in page.content or b'"code"' not in told.content):
                empty.append(path)

        assert empty == []

    def test_an_old_form_is_refused_kindly(self, cast: Cast, signed_in: Browser):
        """A form without its token changes nothing and says what to do."""
        answer = signed_in("ada", enforce_csrf_checks=True).post("/w/acme/looks/")

        page = answer.content.decode()
        assert answer.status_code == 403
        assert "This form had expired, so nothing was changed." in page
        assert "reload the page" in page

    @pytest.mark.parametrize(
        ("problem", "status", "heading"),
        [
            (NotAllowed("You may not do this.", remedy="Ask an admin."), 403, "Not for you to change"),
            (Conflict("It has changed meanwhile."), 409, "Someone was faster"),
            (Invalid("That is no number.", details=("Line 3", "Line 7")), 422, "That cannot be shown"),
            (Problem("Something."), 400, "That did not work"),
        ],
    )
    def test_each_says_what_happened(self, problem: Problem, status: int, heading: str):
        """A heading in plain words, the message, its details and the remedy; the status is the problem's."""
        answer = problems.answer(asked(), problem)

        page = answer.content.decode()
        assert answer.status_code == status
        assert f"<h1>{heading}</h1>" in page
        assert problem.message in page
        assert (problem.remedy or "") in page
        assert all(detail in page for detail in problem.details)

    def test_what_is_sent_cannot_be_saved_yet(self):
        """A form is told otherwise than an address."""
        page = problems.answer(asked("POST"), Invalid("That is no number.")).content.decode()

        assert "<h1>That cannot be saved yet</h1>" in page

    def test_our_own_defect_says_so(self):
        """A defect is ours, and nothing was half done."""
        answer = problems.failed(asked())

        assert answer.status_code == 500
        assert "Something went wrong on our side. Nothing was changed." in answer.content.decode()

    def test_leads_back_only_to_ourselves(self):
        """The way back is offered for pages of ours, not for where somebody came from."""
        ours = problems.not_found(asked(host="testserver", referer="http://testserver/w/acme/teams/"))
        theirs = problems.not_found(asked(host="testserver", referer="http://testserver.evil.example/"))

        assert 'href="http://testserver/w/acme/teams/"' in ours.content.decode()
        assert "evil" not in theirs.content.decode()

    def test_says_what_was_typed_as_text(self):
        """Nothing of a problem becomes markup."""
        page = problems.answer(asked(), Invalid("“<script>” is no number.")).content.decode()

        assert "<script>”" not in page
        assert "&lt;script&gt;" in page


class TestToast:
    def test_is_a_message_in_the_page(self):
        """Asked by htmx, a problem is one part to append, with its remedy and status."""
        answer = problems.answer(
            asked(**{"HX-Request": "true"}), Conflict("It has changed.", remedy="Reload.")
        )

        part = answer.content.decode()
        assert answer.status_code == 409
        assert part.strip().startswith('<hx-partial data-hx-target="#toasts" data-hx-swap="beforeend">')
        assert "It has changed. Reload." in part
        assert "<html" not in part
