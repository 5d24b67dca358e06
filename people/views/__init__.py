"""Pages about oneself and the people one answers for (`people`) and about API keys (`tokens`)."""
