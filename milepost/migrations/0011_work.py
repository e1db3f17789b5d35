"""An index of what became of initiatives, by which two days are compared."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0010_moves")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["workspace", "at"],
                name="event_work",
                condition=models.Q(kind__in=("initiative.added", "initiative.changed", "initiative.done")),
            ),
        )
    ]
