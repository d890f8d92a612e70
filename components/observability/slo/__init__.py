"""From a promise in a release record to what Prometheus counts and when it calls somebody."""
