"""Cells that seem to hold something of a person are kept apart, and answered one by one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0004_errands_turns_and_deaths")]

    operations = [
        migrations.AddField(
            model_name="stagedrow",
            name="private",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="answer",
            name="cell",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.RemoveConstraint(model_name="answer", name="answer_once_per_finding"),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=["delivery", "code", "fingerprint", "cell"],
                name="answer_once_per_finding_cell",
            ),
        ),
    ]
