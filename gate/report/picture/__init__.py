"""What a stack looks like to somebody who has never seen it: a request's way from a caller to a model and its files."""
