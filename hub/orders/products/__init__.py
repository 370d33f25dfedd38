"""What the chain sells: products with family, range, life and complements."""
