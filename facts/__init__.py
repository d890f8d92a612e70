"""Facts about the outside world, with source and date; no logic beyond look-up."""
