"""What would it cost? Price plans tried on imagined use and on the real use of an agreement; nothing is kept."""
