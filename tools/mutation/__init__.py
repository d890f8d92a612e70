"""Do the rules notice? Every security-relevant property of every stack is taken out or turned round, one at a time."""
