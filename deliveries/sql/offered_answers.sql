-- Answers given at other deliveries of the source that fit a warning of this one on a row of the same content and
-- have no answer here yet; the latest of each, unless its promise has lapsed. Parameters: delivery, source,
-- day, code ("" for any), contents (fingerprints; null for any).
WITH known AS (
    SELECT DISTINCT ON (a.code, a.fingerprint, a.cell) a.id, a.code, a.fingerprint, a.cell, a.until
    FROM deliveries_answer a
    WHERE a.source_id = %(source)s AND a.delivery_id <> %(delivery)s AND a.fingerprint <> ''
      AND %(code)s IN ('', a.code) AND (%(contents)s::text[] IS NULL OR a.fingerprint = ANY (%(contents)s::text[]))
      AND NOT EXISTS (SELECT 1 FROM deliveries_answer here
                      WHERE here.delivery_id = %(delivery)s AND here.code = a.code AND here.cell = a.cell
                        AND here.fingerprint = a.fingerprint)
    ORDER BY a.code, a.fingerprint, a.cell, a.at DESC
), spoken AS (
    SELECT DISTINCT f.code, f.layer, line, coalesce(f.params ->> 'withheld', '') AS cell
    FROM deliveries_finding f, unnest(f.rows) line
    WHERE f.delivery_id = %(delivery)s AND f.severity = 'warning' AND f.code IN (SELECT code FROM known)
)
SELECT DISTINCT k.id
FROM known k
JOIN deliveries_stagedrow r ON r.delivery_id = %(delivery)s AND r.fingerprint = k.fingerprint
JOIN spoken s ON s.code = k.code AND s.cell = k.cell AND s.line = r."row" AND s.layer IN (r.layer, '')
WHERE k.until IS NULL OR k.until >= %(day)s
