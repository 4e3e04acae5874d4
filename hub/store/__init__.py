"""Where the hub keeps things: its tables, the ledger, the registers, and two ways into two databases."""
