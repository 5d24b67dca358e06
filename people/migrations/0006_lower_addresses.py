"""Addresses of accounts and invitations in small letters: the sign-in asks for no other."""

from django.db import migrations
from django.db.models.functions import Lower


def lower(apps, schema_editor):
    for label in ("people.User", "people.Invitation"):
        rows = apps.get_model(label).objects.exclude(email=Lower("email"))
        rows.update(email=Lower("email"))
    addresses = apps.get_model("account", "EmailAddress").objects
    for kept in addresses.exclude(email=Lower("email")).order_by("-primary", "-verified", "pk"):
        told = kept.email.lower()
        # A verified address is one account's, and an account has each once.
        taken = addresses.filter(email=told).exclude(pk=kept.pk)
        if taken.filter(user=kept.user_id).exists():
            _only_one(taken.get(user=kept.user_id), kept)
        elif not (kept.verified and taken.filter(verified=True).exists()):
            addresses.filter(pk=kept.pk).update(email=told)


def _only_one(stays, goes):
    verified, primary = goes.verified or stays.verified, goes.primary or stays.primary
    goes.delete()
    stays.verified, stays.primary = verified, primary
    stays.save(update_fields=["verified", "primary"])


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_note_last_warning"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    # Backwards nothing is to do: what is lower case is found as it is.
    operations = [migrations.RunPython(lower, migrations.RunPython.noop)]
