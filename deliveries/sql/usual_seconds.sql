-- How many seconds the last pieces of work of a kind took, half of them less; null when there was none.
-- Parameters: begun, ended (verbs of events).
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM last.at - b.at))
FROM (SELECT id, subject_id, at FROM notices_event
      WHERE subject_kind = 'delivery' AND verb = ANY (%(ended)s) ORDER BY id DESC LIMIT 20) last
CROSS JOIN LATERAL (
    SELECT e.at FROM notices_event e
    WHERE e.subject_kind = 'delivery' AND e.subject_id = last.subject_id AND e.verb = ANY (%(begun)s) AND e.id < last.id
    ORDER BY e.id DESC LIMIT 1) b
