"""The read model of heavy figures: packed columns by day, gathered anew from the rooms' rows when a fact touches a day."""
