"""Sessions keep a hash of their key; those that are there stay signed in."""

from django.db import migrations

from milepost.models.sessions import kept_as


def _hash(apps, schema_editor):
    rows = apps.get_model("milepost", "Session").objects
    for key in list(rows.values_list("session_key", flat=True)):
        rows.filter(session_key=key).update(session_key=kept_as(key))


def _end(apps, schema_editor):
    apps.get_model("milepost", "Session").objects.all().delete()  # nobody knows the keys any more


class Migration(migrations.Migration):

    dependencies = [
        ("milepost", "0007_sign_in"),
    ]

    operations = [
        migrations.RunPython(_hash, _end),
    ]
