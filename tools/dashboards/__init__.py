"""``make dashboards``: Grafana's JSON of every page, and a picture of each without a cluster."""
