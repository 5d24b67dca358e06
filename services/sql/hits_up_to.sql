-- How many are selected, up to a number. Parameters: hits; the number.
SELECT count(*) FROM ({hits} LIMIT %s) few
