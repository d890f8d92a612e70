"""What a stack's deploy and preview roles have to be allowed, worked out from what the stack registers."""
