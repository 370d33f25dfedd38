"""The demo chain, its clock bar, mailbox and phone; absent in production."""
