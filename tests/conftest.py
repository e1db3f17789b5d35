"""What every test stands on: a database, the cast and their OKRs, the browser, a server that really runs."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest

from tests.postgres import NoPostgres, Postgres

pytest_plugins = ["tests.running"]

# How long an example takes says more about the machine's other work than about ours.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

_postgres = pytest.StashKey[Postgres]()
_folder = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="sqlite runs every test; postgres runs those marked both_databases on a PostgreSQL of its own",
    )
    parser.addoption(
        "--kills", type=int, default=100, help="how often tests/crash kills a process at work (100)"
    )
    parser.addoption(
        "--tamperings",
        type=int,
        default=2_000,
        help="how many single rows tests/ledger/test_tampering.py changes behind Milepost's back (2,000)",
    )
    parser.addoption(
        "--long-years",
        type=int,
        default=0,
        help="how many years of 400 days by dice are told again, every second day (0: a third of one)",
    )
    parser.addoption(
        "--api-cases",
        type=int,
        default=115,
        help="how many made-up requests each operation of the API is sent (115 make some 10,000 in all)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "both_databases: runs on SQLite and, with --database postgres, on PostgreSQL"
    )
    config.addinivalue_line("markers", "browser: needs Chromium")
    _forget_the_persons_own_settings()
    config.stash[_folder] = tempfile.mkdtemp(prefix="milepost-test-")
    os.environ["MILEPOST_DATA_DIR"] = config.stash[_folder]
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.config.settings"
    if config.getoption("database") == "postgres" and not config.getoption("collectonly"):
        os.environ["DATABASE_URL"] = _postgres_url(config)
    _adapt_settings()
    _empty_in_our_way()


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_postgres, None):
        server.stop()
    shutil.rmtree(config.stash.get(_folder, ""), ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell each xdist worker where the one server is; each makes a database of its own there."""
    node.workerinput["database_url"] = os.environ.get("DATABASE_URL", "")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """On PostgreSQL, pass over the files that have nothing for it: half of the tests are in them."""
    if config.getoption("database") == "postgres" and collection_path.name.startswith("test_"):
        return b"both_databases" not in collection_path.read_bytes() or None
    return None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: seven thousand tests stay, and each look would go through them."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("both_databases") and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
    if config.getoption("database") == "postgres":
        kept = [item for item in items if item.get_closest_marker("both_databases")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


@pytest.fixture(autouse=True)
def _tests_see_everywhere():
    """What a test does by itself it does as the operator's tools do; a request of its sees what it may."""
    from milepost.ledger import sight, traces

    traces.try_again()  # what one test's database did not take has nothing to do with the next
    with sight.everywhere():
        yield


@pytest.fixture
def now() -> datetime:
    """The moment of the test, some seconds ago at most: pages ask the clock themselves."""
    from tests import scenes

    return scenes.moment()


@pytest.fixture
def cast(db):
    """Acme and Zenith, with everyone in; no image of an earlier test is left."""
    # Here, because models cannot be imported before Django is set up.
    from milepost.ledger import image
    from tests import cast as the_cast
    from tests import scenes

    image.forget()
    return scenes.stand("cast", the_cast.assemble)


@pytest.fixture
def okrs(cast, now):
    """Acme's objectives, with two that not all see."""
    from tests import scenes
    from tests.okrs import written

    return scenes.stand("okrs", lambda: written(cast, now), on=cast, at=now)


@pytest.fixture
def world(cast, now):
    """Acme and Zenith at work, with work in Acme that not everyone sees."""
    from tests import scenes
    from tests.worlds import World, at_work, hide, visible, zenith_at_work

    def made():
        okrs = at_work(cast, now)
        hidden = hide(cast, okrs, now)
        return World(cast, okrs, visible(cast, okrs), zenith_at_work(cast, now), hidden)

    return scenes.stand("world", made, on=cast, at=now)


def _forget_the_persons_own_settings() -> None:
    for name in [*os.environ]:
        if name.startswith("MILEPOST_") or name == "DATABASE_URL":
            del os.environ[name]


def _postgres_url(config: pytest.Config) -> str:
    if hasattr(config, "workerinput"):
        return config.workerinput["database_url"]
    try:
        config.stash[_postgres] = Postgres()
        return config.stash[_postgres].start().url
    except NoPostgres as reason:
        if os.environ.get("CI"):
            raise pytest.UsageError(str(reason)) from None
        pytest.exit(f"No test ran on PostgreSQL: {reason}", returncode=0)


def _empty_in_our_way() -> None:
    from django.test import TransactionTestCase

    def teardown(case: TransactionTestCase) -> None:
        from tests import emptying  # models are known once Django is set up

        emptying.after_each_test(case)

    TransactionTestCase._fixture_teardown = teardown


def _adapt_settings() -> None:
    """Change what a test needs otherwise, and nothing else: the database is as in production."""
    from django.conf import settings

    # A file, with the pragmas of production; in memory the locking would be another.
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite"):
        kept = settings.DATABASES["default"].setdefault("TEST", {})
        kept["NAME"] = str(settings.MILEPOST.data_dir / "test.sqlite3")
    # The package's own files: nothing was collected.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_USE_FINDERS = True
    # Each client of a test is a server of its own; it looks for a file that is asked for, not for all.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STATIC_ROOT = None
    # A hundred sign-ins must not take a minute.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
