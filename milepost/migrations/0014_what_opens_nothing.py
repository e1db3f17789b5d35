"""What opens nothing any more goes: tokens and sessions of those who left, addresses that accounts once had.

Whoever leaves loses both at once now; whoever had left before kept the rows, and with them a way back in on
the day on which they are taken back. Addresses were django-allauth's list of those an account ever had: nobody
has been let in by it since an account has one address alone.
"""

from django.db import migrations
from django.utils import timezone


def _end(apps, schema_editor):
    at = timezone.now()
    tokens, people, sessions, links = (
        apps.get_model("milepost", name)._base_manager
        for name in ("Token", "Person", "Session", "SignInLink")
    )
    gone = people.filter(left_on__isnull=False)
    tokens.filter(revoked_at=None, person__in=gone).update(revoked_at=at)
    staying = people.filter(left_on=None, user__isnull=False).values("user_id")
    for rows in (sessions, links):
        rows.filter(user__in=gone.exclude(user_id__in=staying).values("user_id")).delete()
    apps.get_model("account", "EmailAddress")._base_manager.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("milepost", "0013_memberships"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(_end, migrations.RunPython.noop)]
