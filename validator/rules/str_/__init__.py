"""STR: the structure of the table, columns rather than cells."""
