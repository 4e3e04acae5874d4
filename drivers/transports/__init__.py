"""The ways bytes reach a printer; a file here is the scheme of an address."""
