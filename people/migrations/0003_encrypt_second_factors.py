"""Secrets of second factors that were kept in clear are encrypted."""

from django.db import migrations

from people import ciphers


def encrypt(apps, schema_editor):
    for kept in apps.get_model("mfa", "Authenticator").objects.iterator():
        data = {name: _encrypted(value) for name, value in kept.data.items()}
        if data != kept.data:
            kept.data = data
            kept.save(update_fields=["data"])


def _encrypted(value):
    """The secret, the seed, or the codes of an earlier layout; numbers stay."""
    if isinstance(value, list):
        return [_encrypted(one) for one in value]
    if not isinstance(value, str) or value.startswith(ciphers.MARK):
        return value
    return ciphers.encrypt(value)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    # Backwards nothing is to do: what is encrypted is read as it is.
    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
