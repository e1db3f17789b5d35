"""The chain of seals over what was recorded, and what was taken out of it; what is there is sealed later."""

import django.db.models.deletion
from django.db import migrations, models

import milepost.models.ids


class Migration(migrations.Migration):
    dependencies = [
        ("milepost", "0011_work"),
    ]

    operations = [
        migrations.CreateModel(
            name="Redaction",
            fields=[
                (
                    "id",
                    milepost.models.ids.IdField(
                        default=milepost.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("table", models.CharField(max_length=40)),
                ("row_id", models.BigIntegerField()),
                ("seal", models.PositiveIntegerField()),
                ("is_gone", models.BooleanField()),
                ("why", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="milepost.person",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="milepost.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "redaction",
                "indexes": [models.Index(fields=["workspace", "row_id"], name="redaction_row")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="redaction_id_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    milepost.models.ids.IdField(
                        default=milepost.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("form", models.PositiveSmallIntegerField()),
                ("began", models.BigIntegerField()),
                ("floor", models.BigIntegerField()),
                ("is_complete", models.BooleanField()),
                ("lowest", models.BigIntegerField()),
                ("highest", models.BigIntegerField()),
                ("counts", models.JSONField(default=dict)),
                ("rows", models.BinaryField()),
                ("seed", models.BinaryField(default=b"")),
                ("salts", models.BinaryField(default=b"")),
                ("previous", models.CharField(blank=True, default="", max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="milepost.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "seal",
                "indexes": [models.Index(fields=["workspace", "highest", "lowest"], name="seal_reach")],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="seal_id_unique"),
                    models.UniqueConstraint(fields=("workspace", "number"), name="seal_number_unique"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealHead",
            fields=[
                (
                    "id",
                    milepost.models.ids.IdField(
                        default=milepost.models.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="milepost.workspace",
                    ),
                ),
            ],
            options={
                "db_table": "seal_head",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "id"), name="seal_head_id_unique"),
                    models.UniqueConstraint(fields=("workspace",), name="seal_head_one"),
                ],
            },
        ),
    ]
