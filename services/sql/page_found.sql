-- The page's rows where conditions leave few: with a box and an order by id the planner would walk the key.
-- Parameters: hits; after (key), limit + 1.
hits(id) AS MATERIALIZED ({hits}),
page AS MATERIALIZED (SELECT id FROM hits WHERE id > %s ORDER BY id LIMIT %s),
