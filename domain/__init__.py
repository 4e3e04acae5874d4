"""The meaning of the factory's words: codes, documents, stock and events. It does no I/O."""
