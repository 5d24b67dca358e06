-- The staged rows of a delivery that is over go, with the proposals made of them; what the office refused or holds
-- stays with its row, because the sender is reminded of it. Parameters: delivery.
DELETE FROM deliveries_proposal
WHERE delivery_id = %(delivery)s AND decision NOT IN ('refused', 'held');

DELETE FROM deliveries_stagedrow r
WHERE r.delivery_id = %(delivery)s
  AND NOT EXISTS (SELECT FROM deliveries_proposal p WHERE p.staged_row_id = r.id);

DELETE FROM deliveries_placeproposal WHERE delivery_id = %(delivery)s;
