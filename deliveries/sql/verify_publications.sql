-- Editions of no delivery, or of another source's; deliveries with more editions than publications in their log (the
-- events about this kind of subject), or with an edition that is not their source's; differences that stand published
-- in another delivery's edition. Parameter: kind.
WITH published AS (
  SELECT delivery, count(*) AS n FROM services_edition WHERE delivery IS NOT NULL GROUP BY 1
), logged AS (
  SELECT subject_id, count(*) AS n FROM notices_event
  WHERE subject_kind = %(kind)s AND verb IN ('publish', 'publish_part') GROUP BY 1
)
SELECT 'edition ' || e.id FROM services_edition e LEFT JOIN deliveries_delivery d ON d.id = e.delivery
WHERE e.delivery IS NOT NULL AND d.source_id IS DISTINCT FROM e.source_id
UNION
SELECT p.delivery::text FROM published p LEFT JOIN logged l ON l.subject_id = p.delivery WHERE p.n > coalesce(l.n, 0)
UNION
SELECT d.id::text FROM deliveries_delivery d LEFT JOIN services_edition e ON e.id = d.edition_id
WHERE d.edition_id IS NOT NULL AND e.source_id IS DISTINCT FROM d.source_id
UNION
SELECT p.delivery_id::text FROM deliveries_proposal p LEFT JOIN services_edition e ON e.id = p.published_in_id
WHERE p.published_in_id IS NOT NULL AND e.delivery IS DISTINCT FROM p.delivery_id
