"""A token for everything is limited to no team: people and settings belong to none.

Pages never made one. Whoever wrote one by hand has it go on as far as it reached: to the OKRs of its team.
"""

from django.db import migrations, models


def _narrow(apps, schema_editor):
    tokens = apps.get_model("milepost", "Token")._base_manager
    tokens.filter(scope="admin", team__isnull=False).update(scope="write")


class Migration(migrations.Migration):
    dependencies = [("milepost", "0016_checkin_by")]

    operations = [
        migrations.RunPython(_narrow, migrations.RunPython.noop),
        migrations.AddConstraint(
            "token",
            models.CheckConstraint(
                condition=models.Q(team__isnull=True) | ~models.Q(scope="admin"),
                name="token_for_everything_has_no_team",
            ),
        ),
    ]
