"""SEM: what a row says of itself, and the criteria and registers it is held against."""
