"""Memberships of teams say when they were recorded, so that past days know their members."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("milepost", "0012_seals")]

    operations = [
        migrations.AddField("teammember", "since_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("teammember", "until_at", models.DateTimeField(blank=True, null=True)),
    ]
