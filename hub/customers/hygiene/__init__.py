"""What is wrong with data of customers, said once: the same checks for files, forms and machines."""
