"""The roof: settings, addresses and the entries of web, worker and beat."""
