"""One file per kind of field: how it is worked out from the codes scanned."""
