"""Who went before in a delivery is kept by key alone: the name in the note outlived its person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_index_letters_by_state")]

    # Backwards nothing is to do: the name is known by the key of the person.
    operations = [
        migrations.RunSQL(
            "UPDATE notices_event SET note = '' WHERE verb = 'take_over' AND note <> ''",
            migrations.RunSQL.noop,
        )
    ]
