"""Accounts say which e-mail address they wait for, so that this can be seen and cancelled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0014_what_opens_nothing")]

    operations = [migrations.AddField("user", "email_wanted", models.JSONField(blank=True, null=True))]
