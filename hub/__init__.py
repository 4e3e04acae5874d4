"""The hub: takes every kiosk's log, gives it an order, books it, and shows what is true now."""
