"""A service of which nobody says the comune can be taken away by the office."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0006_count_cells_without_kinds")]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="municipality",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="corrections",
                to="zones.municipality",
            ),
        ),
    ]
