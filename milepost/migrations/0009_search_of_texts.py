"""The index of words tells texts from titles, and what has no text is not in it: made anew."""

from django.db import migrations

WITHOUT_TEXT = ("person", "cycle")


def make_anew(apps, schema_editor):
    from milepost.models import search

    connection = schema_editor.connection
    search.remove(connection, [*search.INDEXED, *WITHOUT_TEXT])
    if connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS search_words(text)")
        for table in WITHOUT_TEXT:
            schema_editor.execute(f'DROP FUNCTION IF EXISTS "{table}_words_having"(tsquery, bigint)')
    search.install(connection)


class Migration(migrations.Migration):
    dependencies = [("milepost", "0008_hashed_sessions")]

    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
