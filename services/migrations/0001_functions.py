"""What the indexes of the services' tables call."""

from django.db import migrations

# unaccent() is only STABLE, because its dictionary may be changed; an index needs IMMUTABLE. The dictionary is
# ours to keep. Names carry their schema, so that a restore with an empty search path can build the index.
FOLD = """
CREATE FUNCTION sttm2_fold(name text, address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, coalesce($1, '') || ' ' || coalesce($2, ''))) $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("zones", "0001_extensions")]
    operations = [migrations.RunSQL(FOLD, "DROP FUNCTION sttm2_fold(text, text)")]
