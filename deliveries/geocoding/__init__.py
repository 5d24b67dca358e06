"""Where an address is: one question to a configured service, and the proposals it leads to.

Nothing here accepts a position; without a configured service nothing here sends anything.
"""
