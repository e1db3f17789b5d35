"""The discussion under an objective or a key result."""

from __future__ import annotations

import pytest

from milepost.core import addresses
from milepost.models import Comment
from tests.cast import Cast
from tests.okrs import Okrs
from tests.web.reading import text

pytestmark = pytest.mark.both_databases


class TestCreate:
    @pytest.mark.parametrize("who", ["ada", "cleo", "gus"])
    def test_lets_everyone_speak_who_sees_it(self, signed_in, okrs: Okrs, who: str):
        """Guests take part in the discussion too; Markdown becomes safe HTML."""
        there = addresses.objective("acme", okrs.helpful.id)
        browser = signed_in(who)

        answer = browser.post(there + "comments/", {"text": "What **helped**? <script>alert(1)</script>"})

        page = text(browser.get(there))
        assert (answer.status_code, answer["Location"]) == (303, there + "#discussion")
        assert "<strong>helped</strong>" in page
        assert "<script>alert" not in page

    def test_speaks_about_a_key_result(self, signed_in, cast: Cast, okrs: Okrs):
        """A comment on a key result stands there, and not under its objective."""
        there = addresses.key_result("acme", okrs.waiting.id)
        gus = signed_in("gus")

        gus.post(there + "comments/", {"text": "Since when?"})

        assert "Since when?" in text(gus.get(there))
        assert "Since when?" not in text(gus.get(addresses.objective("acme", okrs.helpful.id)))

    def test_counts_a_submission_once(self, signed_in, cast: Cast, okrs: Okrs):
        """A double click posts once."""
        there, gus = addresses.objective("acme", okrs.helpful.id) + "comments/", signed_in("gus")

        for _ in range(2):
            gus.post(there, {"text": "Hello", "submission": "one"})

        assert Comment.objects.of(cast.acme.id).count() == 1

    def test_posts_nothing_for_nothing(self, signed_in, cast: Cast, okrs: Okrs):
        """An empty comment is not posted, and the page says so."""
        there = addresses.objective("acme", okrs.helpful.id)

        answer = signed_in("gus").post(there + "comments/", {"text": "  "}, follow=True)

        assert "nothing to post yet" in text(answer)
        assert not Comment.objects.of(cast.acme.id).exists()

    def test_does_not_take_the_mark_of_another_form(self, signed_in, cast: Cast, okrs: Okrs):
        """What was posted under one objective is no answer to what is sent to another."""
        gus = signed_in("gus")
        there = [addresses.objective("acme", row.id) + "comments/" for row in (okrs.helpful, okrs.company)]

        answers = [gus.post(each, {"text": "Hello", "submission": "one"}) for each in there]

        assert [answer.status_code for answer in answers] == [303, 409]
        assert Comment.objects.of(cast.acme.id).get().objective_id == okrs.helpful.id

    @pytest.mark.parametrize("who", ["cleo", "zed"])
    def test_is_not_for_those_who_do_not_see_it(self, signed_in, cast: Cast, okrs: Okrs, who: str):
        """Nobody speaks about what they may not see."""
        there = addresses.objective("acme", okrs.secret.id) + "comments/"

        for said in ("Psst", ""):
            assert signed_in(who).post(there, {"text": said}).status_code == 404
        assert not Comment.objects.of(cast.acme.id).exists()
