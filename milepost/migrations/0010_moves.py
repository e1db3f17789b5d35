"""An index of the moves of key results, by which past days find the order of then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0009_search_of_texts")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["workspace", "at"], name="event_moves", condition=models.Q(kind="key_result.moved")
            ),
        )
    ]
