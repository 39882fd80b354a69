"""The facilitator's pages: what participants chose to share, read in a browser."""
