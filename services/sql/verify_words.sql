-- The words of names and addresses that no search would find.
SELECT DISTINCT said.word FROM services_servicestate s, string_to_table(s.folded, ' ') said (word)
WHERE length(said.word) >= 3 AND NOT EXISTS (SELECT FROM services_searchword w WHERE w.word = said.word)
