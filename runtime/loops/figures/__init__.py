"""What was measured of versions: read from Prometheus, and never taken for zero where it does not answer."""
