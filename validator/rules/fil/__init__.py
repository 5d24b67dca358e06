"""FIL: the file or archive. What the reader refused or noticed is told in these words."""
