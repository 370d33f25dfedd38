"""The language of segments: a tree of conditions on customers, read, checked and said in words. Pure."""
