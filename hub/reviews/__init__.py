"""Reviews of products: written behind the link of a mail, decided on by the staff, shown as they were written."""
