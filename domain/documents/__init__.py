"""The stock documents of the group, one declaration a file; each file's `TYPE` is found by the engine."""
