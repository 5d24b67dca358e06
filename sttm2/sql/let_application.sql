-- The application works with the rows of all tables and makes temporary ones; tables are not its to change.
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
GRANT EXECUTE ON FUNCTION refresh_statistics(text[]) TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations, spatial_ref_sys FROM {role};
-- Also of what a later migration brings, should nobody say it again.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
