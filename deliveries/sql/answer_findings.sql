-- Answer a warning of a delivery on the content of the rows given or, none given, of all rows that it names (on nothing
-- when it names none: it is about the whole file); an earlier answer is replaced. Answers how many there are now.
-- A finding of withheld cells is answered for that cell alone.
-- Parameters: delivery, source, code, layer ("" for any), rows (null for all), column ("" for any), kind, reason,
-- until, user, now.
WITH spoken AS (
    SELECT DISTINCT f.layer, line, coalesce(f.params ->> 'withheld', '') AS cell
    FROM deliveries_finding f, unnest(f.rows) line
    WHERE f.delivery_id = %(delivery)s AND f.code = %(code)s AND f.severity = 'warning'
      AND %(column)s IN ('', f."column")
      AND (%(rows)s::integer[] IS NULL OR (line = ANY (%(rows)s::integer[]) AND %(layer)s IN ('', f.layer)))
), contents AS (
    SELECT r.fingerprint, s.cell
    FROM spoken s
    JOIN deliveries_stagedrow r ON r.delivery_id = %(delivery)s AND r."row" = s.line AND s.layer IN (r.layer, '')
    UNION
    SELECT '', '' WHERE %(rows)s::integer[] IS NULL AND NOT EXISTS (SELECT FROM spoken)
), written AS (
    INSERT INTO deliveries_answer (source_id, delivery_id, fingerprint, code, cell, kind, reason, until, by_id, at)
    SELECT %(source)s, %(delivery)s, fingerprint, %(code)s, cell, %(kind)s, %(reason)s, %(until)s::date,
           %(user)s, %(now)s
    FROM contents
    ON CONFLICT (delivery_id, code, fingerprint, cell) DO UPDATE
    SET kind = excluded.kind, reason = excluded.reason, until = excluded.until, by_id = excluded.by_id, at = excluded.at
    RETURNING 1
)
SELECT count(*) FROM written
