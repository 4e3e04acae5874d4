"""The kinds of the discrepancy desk, one a file; each file's `EXCEPTION` is found by `hub.exception`."""
