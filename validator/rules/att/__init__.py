"""ATT: cells that are empty, do not hold what their column is for, or are hard to believe."""
