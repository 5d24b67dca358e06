-- The services that are spoken of and have not exactly one state in force, and those that are not and have one; or
-- whose retirement says otherwise.
WITH spoken AS (
  SELECT DISTINCT i.service_id FROM services_record r JOIN services_sourceitem i ON i.id = r.item_id
  WHERE r.to_edition_id IS NULL
), in_force AS (
  SELECT service_id, count(*) AS n FROM services_servicestate WHERE valid_to IS NULL GROUP BY 1
), told AS (
  SELECT v.public_id, v.redirect_to_id IS NULL AND k.service_id IS NOT NULL AS is_shown, coalesce(f.n, 0) AS n,
    v.redirect_to_id IS NULL AND v.retired_at IS NULL AS stands
  FROM services_service v LEFT JOIN spoken k ON k.service_id = v.id LEFT JOIN in_force f ON f.service_id = v.id
)
SELECT public_id FROM told WHERE n <> is_shown::int OR stands <> is_shown
