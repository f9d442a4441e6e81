"""What is on offer, in the formats that other catalogues and tools read; nothing here is stored."""
