"""What people look at: pages of panels as data, and the Grafana JSON that ``make dashboards`` makes of them."""
