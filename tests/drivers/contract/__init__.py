"""One suite per contract, run on everything its folder holds."""
