"""What rules work out before they judge."""
