"""Give each change the id of its transaction on PostgreSQL, where sequence order is not commit order."""

from django.db import migrations


def add_transaction(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "ALTER TABLE change ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()"
        )
        schema_editor.execute("CREATE INDEX change_workspace_xid ON change (workspace_id, xid)")
        schema_editor.execute("DROP INDEX IF EXISTS change_workspace_seq")


def drop_transaction(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX change_workspace_seq ON change (workspace_id, seq)")
        schema_editor.execute("ALTER TABLE change DROP COLUMN xid")


class Migration(migrations.Migration):
    dependencies = [("milepost", "0001_initial")]

    operations = [migrations.RunPython(add_transaction, drop_transaction)]
