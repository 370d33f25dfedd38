"""Tell us why: one question behind a link of a mail, and what customers answered."""
