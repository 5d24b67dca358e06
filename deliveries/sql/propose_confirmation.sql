-- "Nothing changed": everything in force of the source is proposed as unchanged. Parameters: delivery, source.
DELETE FROM deliveries_proposal WHERE delivery_id = %(delivery)s AND published_in_id IS NULL;

INSERT INTO deliveries_proposal (
    delivery_id, item_id, kind, linked_by, changes, decision, reason_code, note, created_at)
SELECT %(delivery)s, i.id, 'unchanged', 'identifier', '{}', 'pending', '', '', now()
FROM services_sourceitem i
JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
WHERE i.source_id = %(source)s
ORDER BY i.id;
