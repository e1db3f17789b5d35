"""One-time codes, waits after guesses, and browsers in words."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.core import devices, guessing, one_time
from milepost.core.guessing import ACCOUNT, MINUTE, PAIR, Limit

# RFC 6238, appendix B: the secret of its SHA-1 rows, and the last six of the eight digits there.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = (
    (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
    (2_000_000_000, "279037"), (20_000_000_000, "353130"),
)  # fmt: skip
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class TestOneTimeCode:
    @pytest.mark.parametrize(("seconds", "code"), VECTORS)
    def test_is_that_of_the_standard(self, seconds: int, code: str):
        """The codes are those that RFC 6238 prints."""
        at = datetime.fromtimestamp(seconds, UTC)

        assert one_time.code(SECRET, one_time.step_at(at)) == code
        assert one_time.matching_step(SECRET, f" {code[:3]} {code[3:]} ", at=at) == seconds // 30

    @given(st.integers(-5, 5))
    def test_is_taken_a_step_early_or_late(self, off: int):
        """A clock may be half a minute wrong, and no more."""
        secret, step = one_time.new_secret(), one_time.step_at(NOW)
        nearby = [one_time.code(secret, step + near) for near in (-1, 0, 1)]
        typed = one_time.code(secret, step + off)

        found = one_time.matching_step(secret, typed, at=NOW)

        assert (found is not None) == (typed in nearby)

    def test_counts_once(self):
        """Neither a code that was used nor one before it is taken again."""
        secret, step = one_time.new_secret(), one_time.step_at(NOW)

        for near in (-1, 0):
            typed = one_time.code(secret, step + near)
            assert one_time.matching_step(secret, typed, at=NOW, after=step) is None

    @given(st.text(max_size=20))
    def test_is_never_broken_by_what_was_typed(self, typed: str):
        """Whatever somebody types is right or wrong, and nothing else."""
        step = one_time.matching_step(SECRET, typed, at=NOW)

        assert step is None or one_time.code(SECRET, step) == "".join(typed.split())


class TestLimit:
    @given(st.integers(1, 10_000))
    def test_never_waits_less_after_more(self, count: int):
        """Each further guess costs at least as long a wait as the last, up to the longest."""
        for limit in (ACCOUNT, PAIR, guessing.PLACE, guessing.MAILS):
            assert limit.wait(count) <= limit.wait(count + 1) <= limit.longest

    def test_gives_an_account_ten_guesses(self):
        """The tenth guess at an account locks it; the years of a patient guesser bring little."""
        assert ACCOUNT.wait(9) == timedelta(0)
        assert ACCOUNT.wait(10) == 15 * MINUTE
        assert sum((ACCOUNT.wait(count) for count in range(1, 365)), timedelta(0)) > timedelta(days=330)

    def test_forgets_after_a_day(self):
        """A day after one may guess again, one begins anew."""
        limit = Limit(free=2, first=timedelta(hours=1), longest=timedelta(hours=1))

        assert limit.counted(5, NOW, NOW + timedelta(hours=24)) == 6
        assert limit.counted(5, NOW, NOW + timedelta(hours=26)) == 1
        assert limit.counted(0, None, NOW) == 1

    @pytest.mark.parametrize(
        ("wait", "words"),
        [
            (timedelta(milliseconds=3), "1 second"),
            (timedelta(seconds=5), "5 seconds"),
            (timedelta(seconds=60), "1 minute"),
            (timedelta(seconds=61), "2 minutes"),
            (timedelta(minutes=15), "15 minutes"),
            (timedelta(hours=2), "2 hours"),
        ],
    )
    def test_has_words(self, wait: timedelta, words: str):
        """A wait is said in the largest unit that fits, rounded up."""
        assert guessing.in_words(wait) == words


class TestDevice:
    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML) Chrome/140.0 Safari/537.36 Edg/140",
                "Edge on Windows",
            ),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605.1.15", "Safari on Mac"),
            ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
            ("curl/8.0", "Unknown browser"),
            ("", "Unknown browser"),
        ],
    )
    def test_is_named(self, said: str, words: str):
        """What a browser says of itself becomes what people call it."""
        assert devices.in_words(said) == words

    @pytest.mark.parametrize(
        ("address", "shown"),
        [
            ("192.0.2.77", "192.0.2.…"),
            ("::ffff:192.0.2.77", "192.0.2.…"),
            ("2001:db8:12:34::1", "2001:db8:12::…"),
            ("", ""),
            ("nonsense", ""),
        ],
    )
    def test_address_is_shortened(self, address: str, shown: str):
        """An address loses what tells one machine from its neighbours."""
        assert devices.shortened(address) == shown

    @pytest.mark.parametrize(
        ("remote", "forwarded", "found"),
        [
            ("192.0.2.7", "", "192.0.2.7"),
            ("192.0.2.7", "203.0.113.1", "192.0.2.7"),  # said by nobody one trusts
            ("127.0.0.1", "203.0.113.1, 198.51.100.2", "198.51.100.2"),  # the last is the proxy's word
            ("127.0.0.1", "198.51.100.2, 10.0.0.7", "198.51.100.2"),  # two proxies
            ("127.0.0.1", "", ""),
            ("127.0.0.1", "nonsense", ""),
            ("2001:db8:12:34:a:b:c:d", "", "2001:db8:12:34::"),  # one network, whichever of its addresses
            ("127.0.0.1", "2001:db8:12:34::1", "2001:db8:12:34::"),
            ("fe80::1%eth0", "", "fe80::"),
            ("::1", "", ""),
            ("::ffff:192.0.2.7", "", "192.0.2.7"),  # a server that listens to both kinds
            ("::ffff:10.0.0.7", "198.51.100.2", "198.51.100.2"),
            ("::ffff:127.0.0.1", "", ""),
        ],
    )
    def test_address_is_believed_of_proxies_alone(self, remote: str, forwarded: str, found: str):
        """Nobody invents where a request came from, but a proxy that one trusts."""
        headers = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}

        assert devices.caller(headers, ("127.0.0.1", "10.0.0.7")) == found
