"""What NOAC costs in time and memory, measured against what the machine can do."""
