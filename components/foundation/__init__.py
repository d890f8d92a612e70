"""What every other component stands on: names, lifecycles, settings of the account."""
