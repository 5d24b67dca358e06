-- The deliveries whose status is not the one to which the last event of its log led.
SELECT d.id::text
FROM deliveries_delivery d JOIN LATERAL (
  SELECT v.to_status FROM notices_event v
  WHERE v.subject_kind = %(kind)s AND v.subject_id = d.id AND v.to_status <> '' ORDER BY v.id DESC LIMIT 1
) last ON true
WHERE last.to_status <> d.status
