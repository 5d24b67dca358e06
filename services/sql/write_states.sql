-- Writes the next state of each affected service whose shown values or valences are other than those of its state in
-- force, which ends there. What the criteria propose is in the temporary table proposed, per type and area.
-- What the office validated and the comune confirmed is kept from the service's last state, unless affected_service
-- says otherwise. Parameters: at (the moment), criteria (key of the set in use, may be null).
CREATE TEMPORARY TABLE next_state ON COMMIT DROP AS
SELECT c.service_id, c.public_id, c.name, c.kind_id, c.category_id, c.level, c.status, c.declared,
       coalesce(p.valence, '') AS proposed, coalesce(a.validated, l.validated, '') AS validated,
       coalesce(l.confirmed, '') AS confirmed, %(criteria)s::bigint AS criteria_set_id,
       coalesce(p.reasons, '[]') AS reasons, coalesce(a.override_reason, l.override_reason, '') AS override_reason,
       c.municipality_id, c.address, c.attributes, c.origins, c.in_reading_1, c.in_reading_2, c.is_demonstration,
       c.accuracy, c.geometry, c.point, coalesce(a.confirmed_on, l.confirmed_on) AS confirmed_on
FROM shown c
JOIN affected_service a ON a.service_id = c.service_id
LEFT JOIN proposed p ON p.kind_id = c.kind_id AND p.area = c.area
LEFT JOIN LATERAL (
    SELECT s.validated, s.override_reason, s.confirmed, s.confirmed_on FROM services_servicestate s
    WHERE s.service_id = c.service_id ORDER BY s.valid_from DESC LIMIT 1
) l ON true;

ANALYZE next_state;

CREATE TEMPORARY TABLE ended_state ON COMMIT DROP AS
SELECT s.id, s.valid_from, s.municipality_id, s.category_id, s.kind_id, s.level, s.status, s.valence, s.in_reading_1,
       s.in_reading_2, s.point_web
FROM affected_service a
JOIN services_servicestate s ON s.service_id = a.service_id AND s.valid_to IS NULL
LEFT JOIN next_state n ON n.service_id = s.service_id
WHERE n.service_id IS NULL OR
      (s.name, s.kind_id, s.category_id, s.level, s.status, s.declared, s.proposed, s.validated, s.confirmed,
       s.criteria_set_id, s.reasons, s.override_reason, s.municipality_id, s.address, s.attributes, s.origins,
       s.in_reading_1, s.in_reading_2, s.is_demonstration, s.accuracy, s.geometry, s.point, s.confirmed_on)
      IS DISTINCT FROM
      (n.name, n.kind_id, n.category_id, n.level, n.status, n.declared, n.proposed, n.validated, n.confirmed,
       n.criteria_set_id, n.reasons, n.override_reason, n.municipality_id, n.address, n.attributes, n.origins,
       n.in_reading_1, n.in_reading_2, n.is_demonstration, n.accuracy, n.geometry, n.point, n.confirmed_on);

-- A state that began at this very moment belongs to the same act and was seen by nobody: it is replaced.
DELETE FROM services_servicestate s USING ended_state e WHERE s.id = e.id AND e.valid_from = %(at)s;

UPDATE services_servicestate s SET valid_to = %(at)s FROM ended_state e WHERE s.id = e.id;

CREATE TEMPORARY TABLE state_change ON COMMIT DROP AS
SELECT -1 AS n, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, point_web,
       NULL AS folded
FROM ended_state;

WITH begun AS (
    INSERT INTO services_servicestate (
        service_id, public_id, valid_from, name, kind_id, category_id, level, status, declared, proposed, validated,
        confirmed, criteria_set_id, reasons, override_reason, municipality_id, address, attributes, origins,
        in_reading_1, in_reading_2, is_demonstration, accuracy, geometry, point, confirmed_on)
    SELECT n.service_id, n.public_id, %(at)s, n.name, n.kind_id, n.category_id, n.level, n.status, n.declared,
           n.proposed, n.validated, n.confirmed, n.criteria_set_id, n.reasons, n.override_reason, n.municipality_id,
           n.address, n.attributes, n.origins, n.in_reading_1, n.in_reading_2, n.is_demonstration, n.accuracy,
           n.geometry, n.point, n.confirmed_on
    FROM next_state n
    WHERE NOT EXISTS (
        SELECT FROM services_servicestate s WHERE s.service_id = n.service_id AND s.valid_to IS NULL)
    ORDER BY n.service_id
    RETURNING municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, point_web,
              folded)
INSERT INTO state_change SELECT 1, begun.* FROM begun;

-- Who is spoken of again is back; nobody speaks of the others any more: retired, not deleted.
UPDATE services_service v SET retired_at = NULL, retired_reason = ''
FROM next_state n WHERE v.id = n.service_id AND v.retired_at IS NOT NULL;

UPDATE services_service v SET retired_at = %(at)s, retired_reason = 'non più dichiarato'
WHERE v.redirect_to_id IS NULL AND v.retired_at IS NULL
  AND v.id IN (SELECT service_id FROM affected_service EXCEPT SELECT service_id FROM next_state);
