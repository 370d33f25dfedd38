"""What the staff notes about a customer, outside of any ticket."""
