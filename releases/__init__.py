"""What runs: the records of models, and what happened to them afterwards."""
