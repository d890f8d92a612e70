"""What differs per environment: the stack files and the model that types them."""
