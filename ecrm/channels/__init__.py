"""Ways in: mail and messages of gateways become complaints and replies, and what is not clear waits for support."""
