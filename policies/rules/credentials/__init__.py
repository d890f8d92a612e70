"""Rules against credentials in plain text, and for stores of secrets."""
