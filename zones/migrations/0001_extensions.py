"""What PostgreSQL must have before the first table."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        CreateExtension("postgis"),
        CreateExtension("pg_trgm"),
        CreateExtension("btree_gist"),
        CreateExtension("unaccent"),
    ]
