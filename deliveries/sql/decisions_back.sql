-- After the check: decisions hang again on the rows that are what they were, in content, type and comune, and on the
-- items that no row stands for. The others are gone, to be decided anew. The rows have no statistics yet; a copy of
-- what is compared has. Parameters: delivery.

CREATE TEMPORARY TABLE checked ON COMMIT DROP AS
SELECT id, layer, "row", fingerprint, kind, municipality
FROM deliveries_stagedrow WHERE delivery_id = %(delivery)s AND EXISTS (SELECT FROM decided);
ANALYZE decided;
ANALYZE checked;

INSERT INTO deliveries_proposal (
    delivery_id, item_id, staged_row_id, kind, linked_by, changes, distance_m, decision, reason_code, note,
    by_id, at, created_at)
SELECT d.delivery_id, d.item_id, r.id, d.kind, d.linked_by, d.changes, d.distance_m, d.decision, d.reason_code, d.note,
       d.by_id, d.at, d.created_at
FROM decided d
LEFT JOIN checked r ON r.layer = d.layer AND r."row" = d."row" AND r.fingerprint = d.fingerprint AND r.kind = d.type
     AND r.municipality = d.municipality
WHERE r.id IS NOT NULL OR d.staged_row_id IS NULL
ORDER BY d.id;

DROP TABLE decided, checked
