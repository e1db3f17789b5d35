"""The index of words: made here, kept right by its triggers, filled after the migration."""

from django.db import migrations


def make(apps, schema_editor):
    from milepost.models import search

    search.install(schema_editor.connection)


def drop(apps, schema_editor):
    from milepost.models import search

    search.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("milepost", "0003_tokens")]

    operations = [migrations.RunPython(make, drop)]
