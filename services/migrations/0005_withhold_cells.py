"""Cells of a record that are kept out of everything published, and the day of a delivery, by which
anybody may know it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0004_count_states")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="withheld",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="edition",
            name="delivered_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
