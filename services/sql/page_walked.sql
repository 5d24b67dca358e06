-- The page's rows as the index of services gives them. Parameters: hits; after (key of a service), limit + 1.
(SELECT * FROM ({rows}) found WHERE service_id > %s ORDER BY service_id LIMIT %s)
