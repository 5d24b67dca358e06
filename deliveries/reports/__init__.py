"""What people read of a delivery: its story, what was
understood, the report, the differences, the files."""
