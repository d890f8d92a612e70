"""Fetches a model's files from S3 and puts them in place only if they are those of the release record."""
