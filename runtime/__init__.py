"""Small programs that the platform runs in the cluster; each is one file that needs nothing but Python."""
