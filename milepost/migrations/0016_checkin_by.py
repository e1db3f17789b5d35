"""Who said what is found by an index: of a hundred thousand people's check-ins, those of one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0015_email_wanted")]

    operations = [
        migrations.AddIndex("checkin", models.Index(fields=["workspace", "by"], name="checkin_by"))
    ]
