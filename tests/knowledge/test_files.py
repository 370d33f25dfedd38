"""Files and images of an article: kept without what a camera tells, shown from our own address, as open as the article."""

import io

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.knowledge import actions, queries
from hub.knowledge.markdown import to_html, to_text
from hub.knowledge.words import ArticleState
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock, Visitor
from tests.makers.inbox import make_house
from tests.makers.knowledge import make_article
from tests.makers.staff import log_in, make_agent
from tests.reviews.pictures import SECRETS, a_jpeg

PDF = b"%PDF-1.7\nMode d'emploi"


def hand_in(client: FlaskClient, address: str, name: str, content: bytes) -> int:
    sent = client.post(f"{address}/files", data={"file": (io.BytesIO(content), name)})
    return sent.status_code


def test_files_are_added_named_in_the_text_and_as_open_as_their_article(
    session: Session, client: FlaskClient, hand_clock: HandClock
) -> None:
    make_house(session)
    article = make_article("Démonter la lampe", state=ArticleState.INTERNAL)
    address = f"/knowledge/articles/{article.key}"
    hugo = make_agent(session, "Hugo Barbier", role=Role.HEAD_OFFICE)
    log_in(client, hugo)
    assert hand_in(client, address, "../../Ma photo (1).jpg", a_jpeg()) == 303
    assert hand_in(client, address, "Mode d'emploi.pdf", PDF) == 303
    for name, content in (("x.html", b"<html><script>1</script>"), ("x.svg", b"<svg onload='1'/>"), ("x.jpg", b"\xff\xd8\xffno"), ("x", b"")):  # fmt: skip
        assert hand_in(client, address, name, content) == 422
    image, manual = queries.get_article(article.key).files
    assert (image.name, manual.name) == ("Ma-photo-1-.jpg", "Mode-d-emploi.pdf")
    listed = client.get(f"{address}/files").text
    assert f"![{image.name}]({image.address})" in listed

    text = f"Voyez.\n\n{image.mark}\n\n{manual.mark}"
    actions.save_article(
        article_id=article.id, language=article.language, title=article.title, summary="", body=text,
        state=ArticleState.INTERNAL, by=SYSTEM, now=TUESDAY,
    )  # fmt: skip
    shown = client.get(image.address)
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert not any(secret in shown.data for secret in SECRETS)
    given = client.get(manual.address)
    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert f'<img src="{image.address}"' in client.get(address).text
    refused = client.post(f"{address}/files/remove", data={"file": image.id}, follow_redirects=True)
    assert "Retirez-le d’abord du texte" in refused.text

    visitor = Visitor(client.application, client.application.response_class, use_cookies=True)
    assert visitor.get(image.address).status_code == 404
    log_in(client, make_agent(session, "Ada Martin"))
    assert client.get(image.address).status_code == 200
    assert client.get(f"{address}/files").status_code == 403
    actions.save_article(
        article_id=article.id, language=article.language, title=article.title, summary="", body="Voyez.",
        state=ArticleState.PUBLISHED, by=SYSTEM, now=TUESDAY,
    )  # fmt: skip
    assert visitor.get(image.address).status_code == 200
    page = visitor.get(f"/help/{article.key}").text
    assert manual.name in page
    assert image.name not in page
    log_in(client, hugo)
    client.post(f"{address}/files/remove", data={"file": image.id})
    assert [row.id for row in queries.get_article(article.key).files] == [manual.id]
    assert visitor.get(image.address).status_code == 404

    client.post(f"{address}/restore", data={"number": 2})  # its text names the picture that is removed
    named = f"Le texte cite un fichier supprimé\N{NO-BREAK SPACE}: {image.name}."
    for page in (address, f"{address}/versions/2", f"{address}/edit"):
        assert named in client.get(page).text
    assert named in client.post("/knowledge/preview", data={"body": f"[Photo]({image.address})"}).text
    public = visitor.get(f"/help/{article.key}").text
    assert (image.address in public, manual.address in public, "supprimé" in public) == (False, True, False)
    kept = to_html(f"[Photo]({image.address}) et [plan]({manual.address})", frozenset({image.id}))
    assert kept == f'<p>Photo et <a href="{manual.address}" rel="noopener">plan</a></p>\n'


def test_only_our_own_images_are_shown() -> None:
    own = to_html("![Une lampe](/help/files/7/lampe.jpg)")
    assert '<img src="/help/files/7/lampe.jpg" alt="Une lampe"' in own
    for foreign in ("https://far.example/p.png", "//far.example/p.png", "/help/files/7/../../x", "/logout", "data:image/png;base64,AA"):  # fmt: skip
        assert "<img" not in to_html(f"![x]({foreign})")
    assert 'href="https://far.example/p.png"' in to_html("![x](https://far.example/p.png)")
    assert to_text("[Plan](/help/files/3/plan.pdf)").endswith("://localhost/help/files/3/plan.pdf)")
