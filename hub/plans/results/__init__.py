"""What plans earn: treated against control, from facts."""
