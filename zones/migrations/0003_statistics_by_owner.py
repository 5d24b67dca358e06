"""A function by which a role that is not the tables' owner has their statistics refreshed.

ANALYZE of another's table is left out with a warning (PostgreSQL has no right that could be given
for it before version 17).
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION refresh_statistics(tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
          AND relname = ANY (tables)
    LOOP
        EXECUTE format('ANALYZE public.%I', name);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION refresh_statistics(text[]) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("zones", "0002_initial")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION refresh_statistics(text[])")]
