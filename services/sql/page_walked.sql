-- The page's rows as the key's index gives them. Parameters: hits; after (key), limit + 1.
(SELECT * FROM ({rows}) found WHERE id > %s ORDER BY id LIMIT %s)
