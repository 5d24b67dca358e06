-- Readers read, and not all of it. Parameters: private (patterns of the names of tables that are not theirs), senders
-- (columns of services_record that are not).
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
-- Who has no account follows a check by its secret address.
GRANT SELECT ON public.deliveries_errand TO {role};
-- How often a rule speaks (deliveries/reports/frequency.py).
GRANT SELECT (id, source_id, checked_at) ON public.deliveries_delivery TO {role};
GRANT SELECT (delivery_id, code, rows) ON public.deliveries_finding TO {role};
SELECT set_config('sttm2.senders', array_to_string(%(senders)s::text[], ' '), false);
DO $$
DECLARE columns text;
BEGIN
    SELECT string_agg(format('%%I', attname), ', ') INTO columns
    FROM pg_attribute
    WHERE attrelid = 'public.services_record'::regclass AND attnum > 0 AND NOT attisdropped
      AND attname <> ALL (string_to_array(current_setting('sttm2.senders'), ' '));
    REVOKE ALL ON public.services_record FROM {role};
    EXECUTE format('GRANT SELECT (%%s) ON public.services_record TO {role}', columns);
END
$$;
