"""What this installation allows of webhooks, handed in once by the application."""


class _Setup:
    may_be_private: bool = False


def use(*, may_be_private: bool) -> None:
    """`may_be_private`: http and private addresses are allowed (demo and tests)."""
    _Setup.may_be_private = may_be_private


def may_be_private() -> bool:
    return _Setup.may_be_private
