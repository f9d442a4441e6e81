"""Messages: what an organisation is told of what happened, in its inbox and wherever else it wants."""
