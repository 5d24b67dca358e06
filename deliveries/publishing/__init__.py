"""From a delivery to an edition: what differs from what is in force, what would change in the
sheets, what is published.
"""
