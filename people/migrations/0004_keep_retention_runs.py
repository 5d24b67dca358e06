"""What the nightly deletion of each period did last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0003_encrypt_second_factors")]

    operations = [
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("key", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("removed", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("error_reference", models.CharField(blank=True, max_length=12)),
            ],
            options={
                "verbose_name": "cancellazione alla scadenza",
                "verbose_name_plural": "cancellazioni alla scadenza",
            },
        ),
    ]
