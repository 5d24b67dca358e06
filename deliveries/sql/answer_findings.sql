-- Answer a warning of a delivery on the content of the rows given or, none given, of all rows that it names (on nothing
-- when it names none: it is about the whole file); an earlier answer is replaced. Answers how many there are now.
-- Parameters: delivery, source, code, layer ("" for any), rows (null for all), kind, reason, until, user, now.
WITH spoken AS (
    SELECT DISTINCT f.layer, line
    FROM deliveries_finding f, unnest(f.rows) line
    WHERE f.delivery_id = %(delivery)s AND f.code = %(code)s AND f.severity = 'warning'
      AND (%(rows)s::integer[] IS NULL OR (line = ANY (%(rows)s::integer[]) AND %(layer)s IN ('', f.layer)))
), contents AS (
    SELECT r.fingerprint
    FROM spoken s
    JOIN deliveries_stagedrow r ON r.delivery_id = %(delivery)s AND r."row" = s.line AND s.layer IN (r.layer, '')
    UNION
    SELECT '' WHERE %(rows)s::integer[] IS NULL AND NOT EXISTS (SELECT FROM spoken)
), written AS (
    INSERT INTO deliveries_answer (source_id, delivery_id, fingerprint, code, kind, reason, until, by_id, at)
    SELECT %(source)s, %(delivery)s, fingerprint, %(code)s, %(kind)s, %(reason)s, %(until)s::date,
           %(user)s, %(now)s
    FROM contents
    ON CONFLICT (delivery_id, code, fingerprint) DO UPDATE
    SET kind = excluded.kind, reason = excluded.reason, until = excluded.until, by_id = excluded.by_id, at = excluded.at
    RETURNING 1
)
SELECT count(*) FROM written
