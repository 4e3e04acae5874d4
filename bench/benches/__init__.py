"""The benches, one a file; each has `run(folder, seed, say) -> tuple[Result, ...]` and is called by its file's name."""
