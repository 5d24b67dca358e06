"""CMP: the delivery against what is accepted, and against what other sources and comuni say."""
