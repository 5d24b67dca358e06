-- The deliveries that the check counted otherwise than rows are stored, while they are still worked with.
SELECT d.id::text
FROM deliveries_delivery d LEFT JOIN LATERAL (
  SELECT count(*) AS n, count(*) FILTER (WHERE r.blocked) AS blocked
  FROM deliveries_stagedrow r WHERE r.delivery_id = d.id
) found ON true
WHERE d.status IN ('checked', 'submitted', 'in_review', 'returned', 'decided')
  AND (d.row_count, d.blocked_count) IS DISTINCT FROM (found.n, found.blocked)
