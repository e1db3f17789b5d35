"""Signing in safely: what a session knows of its browser, counted guesses, and who must prove it twice."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('milepost', '0006_undoing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Guess',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField(db_index=True)),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'guess',
            },
        ),
        migrations.AddField(
            model_name='invitation',
            name='mailed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='session',
            name='device',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='session',
            name='place',
            field=models.CharField(blank=True, default='', max_length=48),
        ),
        migrations.AddField(
            model_name='session',
            name='seen_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='user',
            name='email_confirmed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='second_step_for',
            field=models.CharField(choices=[('nobody', 'nobody'), ('admins', 'admins'), ('everyone', 'everyone')], default='nobody', max_length=8),
        ),
    ]
