"""What customers do on the sites of the chain: baskets and visits."""
