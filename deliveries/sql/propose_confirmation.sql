-- "Nothing changed": everything in force of the source is proposed as unchanged, but for what was already published of
-- the delivery. Of its base, a decision is kept where the record in force is still the one that was decided on.
-- Parameters: delivery, source.
DELETE FROM deliveries_proposal p
WHERE p.delivery_id = %(delivery)s AND p.published_in_id IS NULL
  AND (p.decision = 'pending' OR NOT EXISTS (
      SELECT FROM services_record c, deliveries_delivery d JOIN services_edition b ON b.id = d.base_edition_id
      WHERE d.id = p.delivery_id AND c.item_id = p.item_id AND c.to_edition_id IS NULL AND c.from_number <= b.number));

INSERT INTO deliveries_proposal (
    delivery_id, item_id, kind, linked_by, changes, decision, reason_code, note, created_at)
SELECT %(delivery)s, i.id, 'unchanged', 'identifier', '{}', 'pending', '', '', now()
FROM services_sourceitem i
JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
WHERE i.source_id = %(source)s
  AND NOT EXISTS (SELECT FROM deliveries_proposal p WHERE p.delivery_id = %(delivery)s AND p.item_id = i.id)
ORDER BY i.id;
