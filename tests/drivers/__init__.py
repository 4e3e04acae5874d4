"""Tests of the drivers: real pipes, pseudo-terminals and loopback sockets, no hardware."""
