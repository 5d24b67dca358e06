-- Readers read, and not all of it. Parameters: private (patterns of the names of tables that are not theirs).
ALTER ROLE {role} SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
SELECT set_config('sttm2.private', array_to_string(%(private)s::text[], ' '), false);
DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
          AND relname LIKE ANY (string_to_array(current_setting('sttm2.private'), ' '))
    LOOP
        EXECUTE format('REVOKE ALL ON public.%%I FROM {role}', name);
    END LOOP;
END
$$;
-- Whoever waits is told how long work usually takes: when it began and ended, of nobody's by name.
GRANT SELECT (id, subject_kind, subject_id, verb, at) ON public.notices_event TO {role};
