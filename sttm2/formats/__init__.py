"""Forms of dates where ours differ from Django's."""
