-- Makes the temporary tables into which everything is counted once more.
CREATE TEMPORARY TABLE counted_state (LIKE services_statecount INCLUDING IDENTITY) ON COMMIT DROP;
CREATE TEMPORARY TABLE counted_cell (LIKE services_cellcount INCLUDING IDENTITY) ON COMMIT DROP;
CREATE TEMPORARY TABLE counted_word (LIKE services_searchword) ON COMMIT DROP;
