"""Photos lose what tells of the camera, the place and the day, and stay the same pictures."""

import pytest

from hub.channels.mail_parsing.file_types import sniff_type
from hub.core.errors import Invalid
from hub.core.pictures import strip
from tests.reviews.pictures import SECRETS, a_jpeg, a_png, a_webp


@pytest.mark.parametrize("picture", [a_jpeg(), a_png(), a_webp()], ids=["jpeg", "png", "webp"])
def test_nothing_is_told_beside_the_picture(picture: bytes) -> None:
    kind = sniff_type(picture)
    bare = strip(picture, kind)
    assert sniff_type(bare) == kind
    assert [secret for secret in SECRETS if secret in picture]
    assert not [secret for secret in SECRETS if secret in bare]
    assert strip(bare, kind) == bare, "what was stripped once stays as it is"
    for length in range(9, len(bare) - 1, 7):
        with pytest.raises(Invalid):
            strip(bare[:length], kind)


def test_a_jpeg_keeps_its_colours_its_picture_and_its_way_up() -> None:
    bare = strip(a_jpeg(way_up=6), "image/jpeg")
    assert b"ICC_PROFILE\x00\x01\x01colours" in bare
    assert bare.endswith(b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9")
    assert b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in bare
    assert b"Exif" not in strip(a_jpeg(way_up=1), "image/jpeg")


def test_a_webp_has_no_flag_for_what_is_gone() -> None:
    bare = strip(a_webp(), "image/webp")
    assert bare[20] == 0b00110000
    assert b"VP8L" in bare


@pytest.mark.parametrize("kind", ["image/gif", "image/svg+xml", "text/html", "image/heic"])
def test_anything_else_is_refused(kind: str) -> None:
    with pytest.raises(Invalid):
        strip(b"GIF89a", kind)
