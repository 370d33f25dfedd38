"""Files of all figures by day, written each night for business-intelligence tools."""
