"""S3 buckets and container registries."""
