"""Comments: whoever sees a thing may speak about it."""

from __future__ import annotations

import pytest

from milepost.actions import comments
from milepost.core.problems import Invalid, NotFound
from milepost.models import Comment, Event
from tests.cast import NOW, Cast
from tests.okrs import Okrs

pytestmark = pytest.mark.both_databases


class TestAdd:
    def test_keeps_and_tells(self, cast: Cast, okrs: Okrs):
        """A comment is kept whole; the event holds its beginning."""
        made = comments.add(text=" " + "long " * 100, objective=okrs.helpful.id, by=cast.gus, at=NOW)

        assert made.text == ("long " * 100).strip()
        assert Event.objects.of(cast.acme.id).get(kind="comment.added").data["text"] == made.text[:280]

    def test_hangs_on_a_key_result(self, cast: Cast, okrs: Okrs):
        """A comment on a key result knows its objective too."""
        made = comments.add(text="Since when?", key_result=okrs.waiting.id, by=cast.gus, at=NOW)

        assert (made.objective_id, made.key_result_id) == (okrs.helpful.id, okrs.waiting.id)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 20_001])
    def test_refuses_nothing_and_far_too_much(self, cast: Cast, okrs: Okrs, text: str):
        """An empty comment and a book are refused by name of the field."""
        with pytest.raises(Invalid) as refused:
            comments.add(text=text, objective=okrs.helpful.id, by=cast.gus, at=NOW)

        assert refused.value.field == "text"

    def test_is_not_for_those_who_do_not_see_it(self, cast: Cast, okrs: Okrs):
        """Nobody speaks about what they may not see."""
        for by in (cast.cleo, cast.zed):
            with pytest.raises(NotFound):
                comments.add(text="Psst", key_result=okrs.shares.id, by=by, at=NOW)

        assert not Comment.objects.of(cast.acme.id).exists()
