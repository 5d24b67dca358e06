-- Puts the cells that were said to be contacts of the body back among those to publish, and takes the others out.
-- Answers of how many rows. Parameters: delivery, code (ATT-15), kind (of the answer that lets a cell out).
WITH answered AS (
    SELECT fingerprint, array_agg(cell) AS cells FROM deliveries_answer
    WHERE delivery_id = %(delivery)s AND code = %(code)s AND kind = %(kind)s
    GROUP BY fingerprint
), next AS (
    SELECT r.id, r.attributes || (
        SELECT jsonb_object_agg(p.key, CASE WHEN p.key = ANY (a.cells) THEN p.value ELSE 'null'::jsonb END)
        FROM jsonb_each(r.private) p) AS attributes
    FROM deliveries_stagedrow r LEFT JOIN answered a ON a.fingerprint = r.fingerprint
    WHERE r.delivery_id = %(delivery)s AND r.private <> '{}'
), written AS (
    UPDATE deliveries_stagedrow r
    SET attributes = n.attributes, name = left(coalesce(n.attributes ->> 'name', ''), 300),
        identifier = left(coalesce(n.attributes ->> 'identifier', ''), 120)
    FROM next n WHERE n.id = r.id AND n.attributes <> r.attributes
    RETURNING 1
)
SELECT count(*) FROM written
