"""The digest: the figures of a week or a month in one page, with three things to look at, chosen by stated rules."""
