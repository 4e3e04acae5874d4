"""Who may do what on the hub: rights, the matrix of addresses, sign-on, sessions and tokens."""
