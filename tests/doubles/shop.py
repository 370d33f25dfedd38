"""A small shop of its own origin: two pages with the script of visits and a consent banner of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGE = """<!doctype html><html lang="fr"><head><title>Boutique</title><link rel="icon" href="data:,">
<script src="{hub}/visits.js" data-kind="{kind}" data-sku="{sku}" async></script></head>
<body><main><h1>{kind}</h1><button id="yes">Accepter</button><button id="no">Refuser</button></main>
<script>
const say = (yes) => {{ sessionStorage.setItem("banner", yes ? "yes" : "no"); (window.comptoir ||= []).push(["consent", yes]); }};
document.getElementById("yes").onclick = () => say(true);
document.getElementById("no").onclick = () => say(false);
if (sessionStorage.getItem("banner") === "yes") say(true);
</script></body></html>"""


@contextmanager
def open_shop(hub: str) -> Iterator[str]:
    """The origin of the shop, which embeds the script of this hub."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, _, sku = self.path.partition("?")[0].strip("/").partition("/")
            body = PAGE.format(hub=hub, kind=kind or "other", sku=sku).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
