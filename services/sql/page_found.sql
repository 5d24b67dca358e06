-- The page's rows where conditions leave few: with a box and an order by service the planner would walk its index.
-- Parameters: hits; after (key of a service), limit + 1.
hits(id, service_id) AS MATERIALIZED ({hits}),
page AS MATERIALIZED (SELECT id FROM hits WHERE service_id > %s ORDER BY service_id LIMIT %s),
