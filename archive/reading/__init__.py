"""What comes from outside, read: bytes in, articles out. Pure, and run in a child that can be killed."""
