"""The project: settings, addresses and the entries of web, worker and beat."""
