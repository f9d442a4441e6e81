"""What is owed and paid, and the supervisor's view of the whole deal."""
