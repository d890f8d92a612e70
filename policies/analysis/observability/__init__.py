"""What queries ask for."""
