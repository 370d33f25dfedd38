"""Two rows for one person: pairs are found, scored with reasons and decided upon by a person."""
