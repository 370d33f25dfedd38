"""Outside services as real local servers: they check what they are sent and behave as badly as the real ones may."""
