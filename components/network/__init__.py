"""The VPC, its endpoints and its flow logs."""
