"""What the hub folds from the ledger, one projection a file; each file's `PROJECTION` is found by the projector."""
