"""Links that commands print lead to the server that runs, wherever it listens."""

from __future__ import annotations

import pytest
from django.conf import settings

from milepost.management import whereabouts
from tests.management.test_apply import SMALL


class TestTold:
    def test_is_known_as_long_as_it_holds(self):
        """While somebody serves, links begin with that address; afterwards with the usual one."""
        with whereabouts.told("http://localhost:9123"):
            during = whereabouts.base_url()

        assert during == "http://localhost:9123"
        assert whereabouts.base_url() == settings.MILEPOST.base_url

    def test_of_two_servers_the_first_is_named(self):
        """A second server on the same folder takes nothing from the first."""
        with whereabouts.told("http://localhost:9123"), whereabouts.told("http://localhost:9124"):
            pass

        assert whereabouts.base_url() == settings.MILEPOST.base_url

    def test_is_not_trusted_when_left_behind(self):
        """What a killed server left in the folder is no address."""
        path = settings.MILEPOST.data_dir / whereabouts.FILE_NAME
        path.write_text("http://localhost:9123\n", encoding="utf-8")

        found = whereabouts.base_url()
        path.unlink()

        assert found == settings.MILEPOST.base_url


class TestLinks:
    @pytest.mark.parametrize("variables", [{}, {"base_url": "https://okr.acme.example"}])
    def test_lead_to_the_server_that_runs(self, install, tmp_path, variables):
        """After `serve --port N` the printed link has port N; an address that is set wins."""
        milepost = install(**variables).start()
        (tmp_path / "okrs.yaml").write_text(SMALL, encoding="utf-8")
        milepost.run("apply", str(tmp_path / "okrs.yaml"), "--yes")

        during = milepost.run("user", "add", "ben@corner.example", "--name", "Ben").stdout
        milepost.stop()
        told = milepost.run("user", "add", "cleo@corner.example", "--name", "Cleo")
        after = told.stdout

        usual = variables.get("base_url", "http://localhost:8000")
        assert during.startswith(f"{variables.get('base_url', milepost.url)}/invitation/")
        assert after.startswith(f"{usual}/invitation/")
        # Where nothing says the address, the command says that it is a guess, and how to mend it.
        assert ("so the link begins with http://localhost:8000" in told.stderr) == (not variables)
        assert not (milepost.data_dir / whereabouts.FILE_NAME).exists()
