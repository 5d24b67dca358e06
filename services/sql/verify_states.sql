-- The services of which two states hold at one moment, or a state holds at none or carries another's public id.
WITH told AS (
  SELECT s.public_id, v.public_id AS own, s.valid_from, s.valid_to,
    lead(s.valid_from) OVER (PARTITION BY s.service_id ORDER BY s.valid_from, s.id) AS next_from
  FROM services_servicestate s LEFT JOIN services_service v ON v.id = s.service_id
)
SELECT DISTINCT coalesce(own, public_id) FROM told
WHERE own IS DISTINCT FROM public_id OR valid_to <= valid_from OR next_from < coalesce(valid_to, 'infinity')
