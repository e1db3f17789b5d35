"""Settings come from the environment, the file or the table, and say so."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli.servers import VARIABLES
from milepost.config import env, kinds, reference
from milepost.config.table import MASK, PREFIX, described_settings
from milepost.core.problems import Problem
from tests.house.sources import ROOT


def load(folder: Path, **variables: str):
    return env.load({"MILEPOST_DATA_DIR": str(folder), **variables})


def problem(folder: Path, **variables: str) -> Problem:
    with pytest.raises(Problem) as raised:
        load(folder, **variables)
    return raised.value


class TestLoad:
    def test_runs_without_any_setting(self, tmp_path):
        """With nothing but a data folder everything has its usual value, at an address with a name."""
        settings = load(tmp_path)

        assert (settings.host, settings.port) == ("127.0.0.1", 8000)
        assert settings.base_url == "http://localhost:8000"
        assert settings.database_url == f"sqlite:///{tmp_path / 'milepost.sqlite3'}"
        assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
        assert settings.https is False

    def test_the_variable_wins_over_the_file(self, tmp_path):
        """A variable wins over milepost.toml, which wins over the usual value."""
        (tmp_path / "milepost.toml").write_text('port = 9000\nthreads = 4\nallowed_hosts = ["okr.example"]\n')

        settings = load(tmp_path, MILEPOST_PORT="9001")

        assert (settings.port, settings.threads) == (9001, 4)
        assert settings.allowed_hosts[0] == "okr.example"
        assert settings.origins["port"] == "MILEPOST_PORT"
        assert settings.origins["threads"] == str(tmp_path / "milepost.toml")
        assert "host" not in settings.origins

    def test_the_file_may_be_named(self, tmp_path):
        """MILEPOST_CONFIG names the file, which may then say where the data folder is."""
        named = tmp_path / "named.toml"
        named.write_text(f'data_dir = "{tmp_path / "data"}"\n')

        settings = env.load({"MILEPOST_CONFIG": str(named)})

        assert settings.data_dir == tmp_path / "data"

    def test_the_plain_database_variable_is_read(self, tmp_path):
        """DATABASE_URL counts, after our own variable and before the file."""
        url = "postgresql://ada@db.example/okr"
        (tmp_path / "milepost.toml").write_text('database_url = "sqlite:///file"\n')

        plain = load(tmp_path, DATABASE_URL=url)
        own = load(tmp_path, DATABASE_URL=url, MILEPOST_DATABASE_URL="sqlite:///own")

        assert (plain.database_url, plain.origins["database_url"]) == (url, "DATABASE_URL")
        assert own.database_url == "sqlite:///own"

    def test_an_empty_variable_is_not_set(self, tmp_path):
        """An empty variable counts as none, whichever it is."""
        ours = [f"{PREFIX}{name.upper()}" for name in (*env.TABLE, *env.SECRET_FILES) if name != "data_dir"]
        names = [*ours, env.CONFIG_VARIABLE, *VARIABLES, "DATABASE_URL"]

        settings = load(tmp_path, **dict.fromkeys(names, ""))

        assert settings.port == 8000
        assert set(settings.origins) == set(load(tmp_path).origins)

    def test_https_follows_from_the_address(self, tmp_path):
        """An address with https makes cookies secure and its host answered, unless told otherwise."""
        settings = load(tmp_path, MILEPOST_BASE_URL="https://okr.acme.example/")

        assert settings.base_url == "https://okr.acme.example"
        assert settings.https is True
        assert "okr.acme.example" in settings.allowed_hosts
        assert load(tmp_path, MILEPOST_BASE_URL="https://a.example", MILEPOST_HTTPS="off").https is False

    def test_hosts_stand_beside_those_that_are_always_answered(self, tmp_path):
        """Whatever hosts are named, links lead to one that answers, and whoever watches here is answered."""
        told = {"MILEPOST_BASE_URL": "https://okr.example", "MILEPOST_ALLOWED_HOSTS": "other.example"}

        hosts = load(tmp_path, **told).allowed_hosts

        assert {*hosts} == {"other.example", "okr.example", "localhost", "127.0.0.1", "[::1]"}

    def test_keys_before_stand_in_one_file(self, tmp_path):
        """Earlier secret keys lie in a file, a line each, or stand side by side; a short one is refused."""
        first, second = "a" * 40, "b" * 40
        (tmp_path / "before").write_text(f"{first}\n{second}\n")

        in_file = load(tmp_path, MILEPOST_SECRET_KEY_FALLBACKS_FILE=str(tmp_path / "before"))
        beside = load(tmp_path, MILEPOST_SECRET_KEY_FALLBACKS=f"{first}, {second}")

        assert in_file.secret_key_fallbacks == beside.secret_key_fallbacks == (first, second)
        with pytest.raises(Problem, match="32 characters or more"):
            load(tmp_path, MILEPOST_SECRET_KEY_FALLBACKS=f"{first},short")

    def test_a_secret_may_lie_in_a_file(self, tmp_path):
        """A secret's variable with _FILE names the file that holds it."""
        (tmp_path / "password").write_text("hush\n")

        settings = load(tmp_path, MILEPOST_MAIL_PASSWORD_FILE=str(tmp_path / "password"))

        assert settings.mail_password == "hush"
        assert settings.origins["mail_password"] == "MILEPOST_MAIL_PASSWORD_FILE"


class TestMistakes:
    def test_an_unknown_variable_names_the_right_one(self, tmp_path):
        """A variable that no setting has is an error that suggests the nearest."""
        found = problem(tmp_path, MILEPOST_PROT="1")

        assert found.code == "unknown_setting"
        assert str(found) == "There is no setting MILEPOST_PROT. Did you mean MILEPOST_PORT?"

    def test_an_unknown_key_names_the_file(self, tmp_path):
        """So is a key of the file, which is named."""
        (tmp_path / "milepost.toml").write_text("thread = 4\n")

        found = str(problem(tmp_path))

        assert str(tmp_path / "milepost.toml") in found
        assert "Did you mean threads?" in found

    @pytest.mark.parametrize(
        ("written", "words"),
        [
            ("prot = 9000", "Did you mean port?"),
            ("Threads = 4", "Did you mean threads?"),
            ('mail_hots = "mail.example"', "Did you mean mail_host?"),
            ('[mail]\nhost = "mail.example"\nuzer = "x"', "did you mean mail_host, mail_user?"),
            ("[server]\nport = 9000", "did you mean port?"),
            ("[zzz]\nqqq = 1", "Settings stand without a table."),
            ("qqq = 1", "docs/settings.md lists"),
        ],
    )
    def test_an_unknown_key_meets_the_nearest_at_every_depth(self, tmp_path, written, words):
        """A key that is wrong, or stands in a table, is answered with the settings that come near."""
        (tmp_path / "milepost.toml").write_text(f"{written}\n")

        assert words in str(problem(tmp_path))

    @pytest.mark.parametrize(
        ("name", "value", "right"),
        [
            ("PORT", "eighty", "a whole number from 1 to 65535"),
            ("PORT", "0", "a whole number from 1 to 65535"),
            ("PORT", "8000.0", "a whole number from 1 to 65535"),
            ("HTTPS", "maybe", "true or false"),
            ("TIME_ZONE", "Mars/Olympus", "the name of a time zone, such as Europe/Berlin"),
            ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
            ("BASE_URL", "okr.acme.example", "an address without a path, such as https://okr.acme.example"),
            ("BASE_URL", "https://acme.example/okr", "an address without a path"),
            ("BASE_URL", "https://[acme", "an address without a path"),
        ],
    )
    def test_a_wrong_value_says_what_is_right(self, tmp_path, name, value, right):
        """A wrong value names the setting, the value and what is right."""
        found = str(problem(tmp_path, **{f"MILEPOST_{name}": value}))

        assert f"MILEPOST_{name} must be {right}" in found
        assert repr(value) in found

    def test_every_mistake_is_named_at_once(self, tmp_path):
        """Several mistakes are told together, so that one run mends them all."""
        found = problem(tmp_path, MILEPOST_PORT="x", MILEPOST_HOTS="y", MILEPOST_THREADS="900")

        assert found.code == "wrong_configuration"
        assert len(found.details) == 3

    def test_a_secret_is_not_repeated(self, tmp_path):
        """What was written for a secret is never part of an error."""
        (tmp_path / "milepost.toml").write_text("secret_key = 123456789\n")

        assert "123456789" not in str(problem(tmp_path))

    def test_a_secret_has_one_place(self, tmp_path):
        """A secret that is set both ways is refused, for one of them is old."""
        both = {"MILEPOST_SECRET_KEY": "a" * 60, "MILEPOST_SECRET_KEY_FILE": str(tmp_path / "x")}

        assert "Keep one." in str(problem(tmp_path, **both))

    @pytest.mark.parametrize("written", ["port = = 1\n", b"\xff\xfe", 'data_dir = "elsewhere"\n'])
    def test_a_broken_file_is_named(self, tmp_path, written):
        """A file that cannot be read, or that moves the folder it lies in, is named."""
        path = tmp_path / "milepost.toml"
        path.write_bytes(written if isinstance(written, bytes) else written.encode())

        assert str(path) in str(problem(tmp_path))

    def test_a_missing_file_that_was_named_is_an_error(self, tmp_path):
        """A file that MILEPOST_CONFIG names must be there."""
        assert "there is no such file" in str(problem(tmp_path, MILEPOST_CONFIG=str(tmp_path / "none.toml")))

    def test_a_folder_that_cannot_be_used_is_an_error(self, tmp_path):
        """A data folder that cannot be made is named, with what to do."""
        (tmp_path / "file").touch()

        with pytest.raises(Problem, match="MILEPOST_DATA_DIR"):
            env.keep_key(load(tmp_path / "file" / "data"))


class TestSecretKey:
    def test_is_made_once_and_kept_from_others(self, tmp_path):
        """The key is kept from the first start on, readable by its owner alone, and stays."""
        first = env.keep_key(load(tmp_path))

        second = load(tmp_path).secret_key

        mode = stat.S_IMODE((tmp_path / "secret.key").stat().st_mode)
        assert first == second
        assert len(first) >= 50
        assert mode == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]

    def test_is_not_made_by_looking(self, tmp_path):
        """To read the settings makes neither a key nor a folder."""
        load(tmp_path / "data")

        assert list(tmp_path.iterdir()) == []

    def test_of_two_that_start_together_one_key_is_kept(self, tmp_path):
        """Who comes second goes by the key of the first."""
        first, second = load(tmp_path), load(tmp_path)

        kept = [env.keep_key(first), env.keep_key(second)]

        assert kept == [first.secret_key, first.secret_key]

    def test_is_not_made_where_one_is_set(self, tmp_path):
        """Where a key is set, no file is made."""
        kept = env.keep_key(load(tmp_path, MILEPOST_SECRET_KEY="k" * 60))

        assert kept == "k" * 60
        assert not (tmp_path / "secret.key").exists()

    def test_a_cut_off_file_is_refused(self, tmp_path):
        """A key file that was cut off is refused rather than used."""
        (tmp_path / "secret.key").write_text("short\n")

        assert "too short" in str(problem(tmp_path))


class TestRows:
    def test_secrets_are_masked(self, tmp_path):
        """No secret is shown, not even the password inside an address."""
        url = "postgresql://ada:s3cret-word@db.example:5432/okr?sslmode=require"

        secrets = {
            "MILEPOST_SECRET_KEY": "hidden" * 10,
            "MILEPOST_MAIL_PASSWORD": "hush",
            "DATABASE_URL": url,
        }

        rows = {name: value for name, value, _ in load(tmp_path, **secrets).rows()}

        assert rows["secret_key"] == rows["mail_password"] == MASK
        assert rows["database_url"] == f"postgresql://ada:{MASK}@db.example:5432/okr?sslmode=require"

    def test_the_command_line_counts_last(self, tmp_path):
        """What the command line says wins, and the printed address follows."""
        settings = load(tmp_path, MILEPOST_PORT="9000").listening_at("9001", "0.0.0.0")

        assert (settings.port, settings.host, settings.base_url) == (9001, "0.0.0.0", "http://localhost:9001")
        assert settings.origins["port"] == "--port"
        assert settings.listening_at().port == 9001

    def test_an_address_that_was_set_stays(self, tmp_path):
        """A base_url that somebody set does not follow the port."""
        settings = load(tmp_path, MILEPOST_BASE_URL="https://okr.example").listening_at(9001)

        assert settings.base_url == "https://okr.example"


class TestKinds:
    @given(number=st.integers(1, 65535))
    def test_a_whole_number_reads_as_it_is_written(self, number):
        """Every whole number within the bounds reads from its digits and from a file's number."""
        read = kinds.whole(1, 65535)

        assert read(str(number)) == read(number) == number

    @given(written=st.text())
    def test_a_flag_is_yes_or_no_or_refused(self, written):
        """Whatever is written for a flag gives true, false, or a refusal, and nothing else."""
        try:
            assert kinds.flag(written) is (written.strip().lower() in kinds.TRUE)
        except ValueError:
            assert written.strip().lower() not in kinds.TRUE + kinds.FALSE

    @given(written=st.one_of(st.text(), st.integers(), st.none(), st.lists(st.integers())))
    def test_no_reader_breaks(self, written):
        """Whatever is written for any setting is read, or refused as a reader refuses."""
        for described in described_settings():
            with contextlib.suppress(ValueError):
                described.metadata["read"](written)


class TestReference:
    def test_the_page_is_up_to_date(self):
        """docs/settings.md is what the table says; bin/docs writes it."""
        assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == reference.page()
