"""What the clinic's staff can see of a running server: metrics, and a log without words."""
