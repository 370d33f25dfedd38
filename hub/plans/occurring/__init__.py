"""When what nobody tells happens: silence, a day of the customer's own, a basket left behind."""
