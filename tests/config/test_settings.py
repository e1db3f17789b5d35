"""Django's settings keep what the house promises."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.mail.backends.smtp import EmailBackend

from tests.running import Installation

NAMES = """SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE
    SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE CSRF_TRUSTED_ORIGINS SECURE_HSTS_SECONDS EMAIL_BACKEND
    DEBUG PASSWORD_HASHERS PASSWORD_RESET_TIMEOUT EMAIL_USE_TLS"""
SHOW = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in '''{NAMES}'''.split()}}))
"""


def shown(folder: Path, **variables: str) -> dict:
    """What Django's settings are in a process with these variables."""
    environ = {
        **Installation(folder).environ,
        "DJANGO_SETTINGS_MODULE": "milepost.config.settings",
        **variables,
    }
    told = subprocess.run(
        [sys.executable, "-c", SHOW], env=environ, capture_output=True, text=True, check=True
    )
    return json.loads(told.stdout)


class TestTemplates:
    def test_django_templates_are_for_the_admin_alone(self):
        """Jinja2 reads our pages first; Django's engine sees the admin's folder and no other."""
        ours, admins = settings.TEMPLATES

        assert ours["BACKEND"].endswith("jinja2.Jinja2")
        assert [Path(folder).parts[-3:] for folder in admins["DIRS"]] == [("contrib", "admin", "templates")]
        assert admins["APP_DIRS"] is False


class TestCookies:
    def test_over_https_they_are_bound_to_the_host(self, tmp_path):
        """Over HTTPS cookies carry the __Host- prefix and are sent over nothing else."""
        found = shown(tmp_path, MILEPOST_BASE_URL="https://okr.acme.example")

        assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
        assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
        assert found["CSRF_TRUSTED_ORIGINS"] == ["https://okr.acme.example"]
        assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600

    def test_on_ones_own_machine_they_are_plain(self, tmp_path):
        """Over plain HTTP no cookie asks for what a browser would refuse."""
        found = shown(tmp_path)

        assert "__Host-" not in found["SESSION_COOKIE_NAME"] + found["CSRF_COOKIE_NAME"]
        assert found["SESSION_COOKIE_SECURE"] is False
        assert found["SESSION_COOKIE_HTTPONLY"] is True
        assert found["SESSION_COOKIE_SAMESITE"] == "Lax"


class TestUsual:
    def test_shows_nobody_the_inside_of_errors(self, tmp_path):
        """Whoever sets nothing gets no page with code and variables on it."""
        assert shown(tmp_path)["DEBUG"] is False

    def test_hashes_passwords_slowly(self, tmp_path):
        """Passwords are hashed with Argon2; a link to set a new one is good for three days."""
        found = shown(tmp_path)

        assert found["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")
        assert found["PASSWORD_RESET_TIMEOUT"] == 3 * 24 * 3600

    def test_argon2_costs_what_is_advised(self):
        """At least 19 MiB and two rounds, with a salt for each password: so it stands in the hash."""
        hasher = Argon2PasswordHasher()
        kept = [hasher.decode(hasher.encode("correct horse battery", hasher.salt())) for _ in range(2)]

        assert kept[0]["variety"] == "argon2id" and kept[0]["salt"] != kept[1]["salt"]
        assert kept[0]["memory_cost"] >= 19 * 1024 and kept[0]["time_cost"] >= 2


class TestMail:
    def test_goes_to_nobody_who_cannot_prove_who_they_are(self, tmp_path):
        """The mail server's certificate and name are looked at, and nothing is sent in the clear."""
        context = EmailBackend(use_tls=True).ssl_context

        assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname
        assert shown(tmp_path, MILEPOST_MAIL_HOST="mail.example")["EMAIL_USE_TLS"] is True

    def test_without_a_server_nothing_is_sent(self, tmp_path):
        """No mail server set means no mail, and no attempt."""
        assert "dummy" in shown(tmp_path)["EMAIL_BACKEND"]
        assert "smtp" in shown(tmp_path, MILEPOST_MAIL_HOST="mail.example")["EMAIL_BACKEND"]
