-- Forgets what was counted once more, for whoever asks again in the same transaction.
DROP TABLE counted_state, counted_cell, counted_word;
