"""An event can name the one that it undoes, once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0005_saved_views")]

    operations = [
        migrations.AddField(
            model_name="event",
            name="undoes_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undoes_id__isnull", False)),
                fields=("workspace", "undoes_id"),
                name="event_undoes_id_unique",
            ),
        ),
    ]
