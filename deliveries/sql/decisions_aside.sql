-- Before a new check rewrites the rows of a delivery: what was decided on them is kept until the transaction ends, with
-- what each row was then. Parameters: delivery.
CREATE TEMPORARY TABLE decided ON COMMIT DROP AS
SELECT p.*, r.layer, r."row", r.fingerprint, r.kind AS type, r.municipality
FROM deliveries_proposal p LEFT JOIN deliveries_stagedrow r ON r.id = p.staged_row_id
WHERE p.delivery_id = %(delivery)s AND p.decision <> 'pending' AND p.published_in_id IS NULL
