"""What people do with a delivery, by verb: hand it in, answer and mend, decide, correct. Each act
asks `policies`, holds one transaction and leaves its event.
"""
