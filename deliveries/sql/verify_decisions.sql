-- The deliveries that are decided, or published, with differences that are not: pending, or (published) put off, or
-- accepted and in no edition.
SELECT DISTINCT d.id::text
FROM deliveries_delivery d JOIN deliveries_proposal p ON p.delivery_id = d.id
WHERE d.status IN ('decided', 'publishing', 'published') AND (
  p.decision = 'pending' OR d.status = 'published' AND (
    p.decision = 'held' OR p.decision = 'accepted' AND p.published_in_id IS NULL))
