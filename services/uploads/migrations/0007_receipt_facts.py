"""A receipt keeps what was said with its submission; those there are copy it from the delivery."""

from django.db import migrations, models

FACTS = {
    "row_count": models.PositiveIntegerField(default=0),
    "blocked_count": models.PositiveIntegerField(default=0),
    "act": models.CharField(blank=True, max_length=300),
    "act_date": models.DateField(blank=True, null=True),
    "reference_date": models.DateField(blank=True, null=True),
    "contact_name": models.CharField(blank=True, max_length=150),
    "contact_email": models.EmailField(blank=True, max_length=254),
}
COPY = """
UPDATE uploads_receipt r
SET row_count = u.row_count, blocked_count = u.blocked_count, act = u.act, act_date = u.act_date,
    reference_date = u.reference_date, contact_name = u.contact_name,
    contact_email = u.contact_email
FROM uploads_upload u
WHERE u.id = r.upload_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("uploads", "0006_place_proposals"),
    ]

    operations = [
        *(
            migrations.AddField(model_name="receipt", name=name, field=field)
            for name, field in FACTS.items()
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
    ]
