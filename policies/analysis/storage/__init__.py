"""A bucket's settings, wherever they are written."""
