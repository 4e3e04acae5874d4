"""Work at a production station: check-in, finish, verdicts, tickets, calls. The activities of the same names use it."""
