"""What is registered? The policy's registers (台账) as data: definitions from the pack, entries, enterprises."""
