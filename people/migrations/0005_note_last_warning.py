"""When a person was last told of wrong passwords: one letter, however many try."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_keep_retention_runs")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="warned_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
