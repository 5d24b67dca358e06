"""SYS: about the check itself. These never count as faults of the data."""
