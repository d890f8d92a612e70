"""The loops: the engine that keeps their runs, and a worker for each kind of them."""
