"""Tokens of forms: as Django makes and takes them."""

from __future__ import annotations

from django.middleware import csrf
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from milepost.web import form_tokens

SECRETS = st.text(form_tokens.LETTERS, min_size=csrf.CSRF_SECRET_LENGTH, max_size=csrf.CSRF_SECRET_LENGTH)


class TestMasked:
    @given(SECRETS)
    def test_says_its_secret_to_django(self, secret: str):
        """What Django unmasks is the secret."""
        assert csrf._does_token_match(form_tokens.masked(secret), secret)

    @given(SECRETS)
    def test_is_never_the_same(self, secret: str):
        """Two tokens of one secret have nothing in common that compression could show."""
        assert form_tokens.masked(secret) != form_tokens.masked(secret)

    def test_uses_every_letter(self):
        """Each letter is drawn about as often as any other, in the last place as in the first."""
        drawn = [form_tokens.masked("a" * csrf.CSRF_SECRET_LENGTH) for _ in range(2_000)]

        for place in (0, csrf.CSRF_SECRET_LENGTH - 1):
            assert {token[place] for token in drawn} == set(form_tokens.LETTERS)


class TestToken:
    def test_gives_a_secret_to_who_has_none(self):
        """Somebody's first form comes with a secret of their own."""
        request = RequestFactory().get("/")

        token = form_tokens.token(request)

        assert csrf._does_token_match(token, request.META["CSRF_COOKIE"])
        assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]

    def test_leaves_the_cookie_of_who_has_one(self):
        """A secret that is there is shown, and not sent once more."""
        request = RequestFactory().get("/")
        request.META["CSRF_COOKIE"] = secret = "b" * csrf.CSRF_SECRET_LENGTH

        assert csrf._does_token_match(form_tokens.token(request), secret)
        assert "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
