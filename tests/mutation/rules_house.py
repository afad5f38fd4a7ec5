"""Rules of the house: headers, transport, logs, metrics, exports."""

from mutation import Mutation as Rule

__all__ = ["HOUSE"]

HOUSE_TESTS = "live/test_house.py"
SIDE = "live/test_side_routes.py"
METRICS = "api/test_metrics.py"
LOG = "wiring/test_log_form.py"
SILENCE = "wiring/test_silence.py"
EXPORT = "export/test_export_rows.py"
GOOD = f"{HOUSE_TESTS}::test_a_good_answer_has_our_headers_in_our_order"
ITSELF = f"{HOUSE_TESTS}::test_the_house_answers_by_itself"
BODY = "api/test_body_limit.py"
UP = "upstream/test_http_head.py"

HOUSE = (
    Rule("headers", "a stream's are in our order", "api/reply.py",
         "headers = [*_STREAM_HEADERS, *self._headers]", "headers = [*self._headers, "
         "*_STREAM_HEADERS]", GOOD),
    Rule("headers", "a whole answer's are in our order", "api/reply.py",
         'headers = ((b"content-type", b"application/json"), *self._headers)',
         'headers = (*self._headers, (b"content-type", b"application/json"))', GOOD),
    Rule("headers", "none is added", "api/reply.py",
         'b"x-request-id", generation.id.encode()),',
         'b"x-request-id", generation.id.encode()), (b"x-provider", b"1"),', GOOD),
    Rule("headers", "an error's are in our order", "api/faults.py",
         'headers = [(b"content-type", b"application/json"), (b"x-request-id", quoted), '
         "*error.quota]",
         'headers = [(b"x-request-id", quoted), (b"content-type", b"application/json"), '
         "*error.quota]", HOUSE_TESTS),
    Rule("headers", "nobody says which server it is", "wiring/server.py",
         "server_header=False,", "server_header=True,", GOOD),
    Rule("headers", "pages' go by a list", "api/pages.py",
         "[pair for pair in connection.headers if _may_pass(*pair, own=own)]",
         "list(connection.headers)", "api/test_pages_request.py"),
    Rule("headers", "nothing of a client's goes to pages", "api/pages.py",
         "headers = _sent(scope, _TO_PAGES)",
         'headers = list(scope["headers"])',
         "api/test_pages_request.py"),
    Rule("headers", "answers come unpacked", "upstream/http.py",
         '        "Accept-Encoding: identity",\n', "", UP),
    Rule("headers", "and packed unasked they are none", "upstream/http.py",
         'if name == b"content-encoding" and value.lower() != b"identity":', "if False:", UP),
    Rule("headers", "an engine reads no name of ours", "upstream/http.py",
         '        "Content-Type: application/json",\n',
         '        "Content-Type: application/json",\n        "User-Agent: Darkhorse",\n', UP),
    Rule("transport", "what is no HTTP is told in our words", "wiring/protocol.py",
         'self._refuse(InvalidRequest("This is not a valid HTTP request."))',
         'self._refuse(InvalidRequest("Invalid HTTP request received."))',
         ITSELF),
    Rule("transport", "headers have an end", "wiring/protocol.py",
         "if self._beside_left < 0 and not self.transport.is_closing():", "if False:", SIDE),
    Rule("transport", "a body has an end", "api/asgi.py",
         "    if body.size <= limit:\n", "    if body.whole:\n", BODY),
    Rule("transport", "a body that stalls is told so", "api/asgi.py",
         "        raise BodyTimeout from None\n", "        raise ClientGone from None\n", ITSELF),
    Rule("transport", "packed bodies are refused", "api/generations.py",
         'if header(scope, b"content-encoding") not in ("", "identity"):', "if False:", ITSELF),
    Rule("transport", "there is no websocket", "api/app.py",
         'await send({"type": "websocket.close", "code": 1008})',
         'await send({"type": "websocket.accept"})', "api/test_front.py"),
    Rule("transport", "methods that are taken are told in order", "api/routes.py",
         'refusal.allowed = ", ".join(sorted(allowed.split(", ")))',
         "refusal.allowed = allowed[::-1]",
         ITSELF),
    Rule("records", "attempts are counted by listing", "api/metrics.py",
         "self._attempts(listing, attempt.outcome).inc()",
         "self._attempts(attempt.endpoint, attempt.outcome).inc()", METRICS),
    Rule("records", "names that were taken out are counted, not told", "api/metrics.py",
         "self._withheld(listing).inc(len(end.withheld))",
         "self._withheld(end.withheld[0].said).inc(len(end.withheld))", METRICS),
    Rule("records", "outcomes are counted by listing", "api/metrics.py",
         "self._outcomes(listing, end.outcome).inc()",
         "self._outcomes(end.attempts[0].endpoint if end.attempts else listing, "
         "end.outcome).inc()", METRICS),
    Rule("records", "an exception's text is not logged", "wiring/log_form.py",
         "entry.__dict__.update(error=type(error).__name__, trace=_trace(error))",
         "entry.__dict__.update(error=str(error), trace=_trace(error))", LOG),
    Rule("records", "nor is its trace with code", "wiring/log_form.py",
         "entry.exc_info = entry.exc_text = entry.stack_info = None",
         'entry.exc_info = entry.stack_info = None\n    entry.__dict__["text"] = '
         "str(record.exc_info and record.exc_info[1])", LOG),
    Rule("records", "a route that breaks says where alone", "api/app.py",
         'log.error("request %s failed: %s", visit.id, whereabouts(e))',
         'log.error("request %s failed: %s", visit.id, e)', SILENCE),
    Rule("records", "so does the loop", "wiring/server.py",
         'log.error("unexpected: %s", whereabouts(error) if error else context.get("message"))',
         'log.error("unexpected: %s", error or context.get("message"))', SILENCE),
    Rule("records", "so does a generation", "router/generation.py",
         'log.error("generation %s failed: %s", self.id, whereabouts(e))',
         'log.error("generation %s failed: %s", self.id, e)', "router/test_generation_facts.py"),
    Rule("records", "uvicorn says nothing", "wiring/server.py",
         'logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)',
         'logging.getLogger("uvicorn.error").setLevel(logging.INFO)', SILENCE),
    Rule("records", "an export names the listing", "storage/ledger/export/rows.py",
         '"listing": start.listing,',
         '"listing": end.attempts[0].endpoint if end.attempts else start.listing,', EXPORT),
    Rule("records", "an export has our word for the end", "storage/ledger/export/rows.py",
         '"finish": end.finish,',
         '"finish": end.attempts[0].native_finish if end.attempts else end.finish,', EXPORT),
    Rule("records", "an export has public tokens", "storage/ledger/export/rows.py",
         '"completion_tokens": end.usage.completion if end.usage else 0,',
         '"completion_tokens": end.native.completion if end.native else 0,', EXPORT),
)  # fmt: skip
