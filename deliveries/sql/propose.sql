-- Writes the differences of a delivery that were found (compare.sql) as its proposals.
-- Parameters: delivery. Earlier undecided proposals are replaced; decided ones keep their decision when the
-- difference is still the same: the same row (decisions_back.sql), item, kind, changes and distance.

CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT * FROM deliveries_proposal
WHERE delivery_id = %(delivery)s AND decision <> 'pending' AND published_in_id IS NULL;
DELETE FROM deliveries_proposal WHERE delivery_id = %(delivery)s AND published_in_id IS NULL;

INSERT INTO deliveries_proposal (
    delivery_id, item_id, staged_row_id, kind, linked_by, changes, distance_m, decision, reason_code, note,
    by_id, at, created_at)
SELECT %(delivery)s, p.item_id, p.row_id, p.kind, p.linked_by, p.changes, p.distance,
       coalesce(k.decision, 'pending'), coalesce(k.reason_code, ''), coalesce(k.note, ''), k.by_id, k.at, now()
FROM proposed p
LEFT JOIN kept k ON coalesce(k.staged_row_id, 0) = coalesce(p.row_id, 0)
     AND coalesce(k.item_id, 0) = coalesce(p.item_id, 0) AND k.kind = p.kind AND k.changes = p.changes
     AND k.distance_m IS NOT DISTINCT FROM p.distance
ORDER BY p.row_id NULLS LAST, p.item_id;

DROP TABLE proposed, kept;
