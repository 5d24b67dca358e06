-- How many of the states found have the same values; whether they meet the parts of a choice depends on these alone.
(SELECT municipality_id, category_id, kind_id, valence, status, in_reading_1, in_reading_2, sum(n),
  bool_and(in_zone), bool_and(in_municipality), bool_and(in_category), bool_and(in_type), bool_and(in_valence),
  bool_and(in_status)
FROM ({found}) state (municipality_id, category_id, kind_id, valence, status, in_reading_1, in_reading_2, n,
  in_zone, in_municipality, in_category, in_type, in_valence, in_status)
GROUP BY 1, 2, 3, 4, 5, 6, 7)
