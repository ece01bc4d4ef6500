# SPDX-License-Identifier: MIT
"""An upstream that misbehaves in every way we could think of.

One row each: what it does, and what becomes of the sync. Whatever it is, no row of model_access is
written, the run is closed with its category and message, and the audit log has an entry.
"""
import dataclasses
import gzip
import json
import socket
import ssl
import unittest

import encodings_stub as encodings
from sync_case import MODELS, SyncTestCase
from upstream_stub import PATH, Answer, Certificate, Upstream, catalogue, model, models

ENTRIES = models(30)
GOOD = catalogue(ENTRIES)
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>"
HOLE = "http://127.0.0.1:1/models"


@dataclasses.dataclass
class Row:
    name: str
    answers: object  # one Answer or body, or a list of them
    category: str
    says: str  # a regular expression for the message
    tries: int = 1  # requests, with one retry allowed; None: nobody can count them
    state: str = "failed"
    code: int = 1
    settings: dict = dataclasses.field(default_factory=dict)
    tls: dict = None  # arguments of Certificate
    url: str = None  # instead of the stub's; {port} is its port
    trusts: bool = True  # the client knows the certificate


def failing(category, *rows, **common):
    return [Row(row[0], row[1], category, row[2], **dict(common, **(row[3] if len(row) > 3 else {})))
            for row in rows]


def held(*rows):
    return [Row(name, answers, "held", says, state="held", code=5,
                tries=len(answers) if isinstance(answers, list) else 1) for name, answers, says in rows]


def status(number, **headers):
    return Answer(number, headers={name.replace("_", "-"): text for name, text in headers.items()})


def to(target, number=302):
    return Answer(number, headers={"Location": target})


def raw(head, body=b""):
    return Answer(raw=b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)


def encoded(name, body):
    return Answer(body=body, headers={"Content-Encoding": name})


def root(**members):
    return json.dumps(members).encode()


def linked(target):
    return catalogue(ENTRIES, next=target)


def endless_pages():
    return [catalogue([entry], None, "%s?offset=%d" % (PATH, n))
            for n, entry in enumerate(models(10000, "page/of-"), 1)]


ONE_SECOND = {"settings": {"UPSTREAM_TIMEOUT": 1}, "tries": None}
SMALL = {"settings": {"UPSTREAM_MAX_BYTES": 20000}}
TWICE = {"tries": 2}

CONNECTION = failing(
    "network",
    ("refused", GOOD, r"127\.0\.0\.1:1/models: .*onnect.*\(attempt 2\)", {"url": HOLE, "tries": 0}),
    ("no_such_name", GOOD, r"[Rr]esolve.*no-such-host\.invalid",
     {"url": "http://no-such-host.invalid/models", "tries": 0}),
    ("closed_before_headers", Answer(raw=b""), r"Empty reply", TWICE),
    ("reset_before_headers", Answer(raw=b"", reset=True), r"reset", TWICE),
    ("reset_in_the_body", Answer(body=GOOD, send_only=5000, reset=True), r"\(attempt 2\)", TWICE),
    ("less_than_announced", Answer(body=GOOD, send_only=5000), r"bytes remaining to read", TWICE),
    ("gzip_less_than_announced", Answer(body=GOOD, gzip=True, send_only=300), r"bytes remaining", TWICE),
    ("chunks_cut_off", raw(b"Transfer-Encoding: chunked", b"5\r\n{\"dat\r\n"), r".", TWICE),
    ("chunk_size_is_no_number", raw(b"Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
     r"hex", TWICE),
    ("chunk_size_beyond_all_reason", raw(b"Transfer-Encoding: chunked", b"f" * 40 + b"\r\n{}"), r".", TWICE),
) + failing(
    "http",
    ("not_http", Answer(raw=b"220 mail.example ESMTP\r\n"), r"HTTP/0\.9"),
    ("negative_length", raw(b"Content-Length: -5", GOOD), r"Content-Length"),
) + failing(
    "timeout",
    ("silent", Answer(hang_before=True), r"within 1 s \(upstream\.timeout\)", ONE_SECOND),
    ("silent_midway", Answer(body=GOOD, hang_after=4000), r"4000 bytes of this page came", ONE_SECOND),
    ("drips_headers", Answer(body=GOOD, drip=0.05), r"0 bytes of this page", ONE_SECOND),
    ("drips_the_body", Answer(raw=b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 9999, drip=0.005),
     r"[1-9]\d* bytes of this page", ONE_SECOND),
)

SETTINGS = failing(
    "config",
    ("ftp", GOOD, r'upstream URL: "ftp://127\.0\.0\.1/models" is not an http:// or https:// URL',
     {"url": "ftp://127.0.0.1/models"}),
    ("key_with_a_blank", GOOD, r"upstream\.api_key holds a blank", {"settings": {"UPSTREAM_API_KEY": "two words"}}),
    ("no_proxy_url", GOOD, r'upstream\.proxy: "ftp://x/" is no proxy URL', {"settings": {"UPSTREAM_PROXY": "ftp://x/"}}),
    code=2, tries=0,
)

TLS = failing(
    "tls",
    ("unknown_certificate", GOOD, r"certificate", {"tls": {}, "trusts": False}),
    ("certificate_of_another_host", GOOD, r"certificate|subject", {"tls": {"name": "DNS:example.test"}}),
    ("expired_certificate", GOOD, r"expired", {"tls": {"days": -1}}),
    ("outdated_version", GOOD, r"TLS|SSL|protocol|alert",
     {"tls": {"only": ssl.TLSVersion.TLSv1_1}}),
    ("no_tls_at_all", GOOD, r"wrong version number|SSL", {"url": "https://127.0.0.1:{port}" + PATH}),
    tries=0,
) + failing(
    "timeout",
    ("handshake_stalls", GOOD, r"no connection within 1 s \(upstream\.connect_timeout\)",
     {"url": "stall", "settings": {"UPSTREAM_CONNECT_TIMEOUT": 1, "UPSTREAM_RETRIES": 0}, "tries": 0}),
)

REDIRECTS = failing(
    "http",
    ("to_another_host", to("https://example.test/login"), r"redirected to https://example\.test/login"),
    ("for_good_to_another_host", to("http://example.test/", 301), r"redirected to http://example\.test/"),
    ("to_another_port", to("http://127.0.0.1:1/models", 307), r"redirected to http://127\.0\.0\.1:1/"),
    ("to_a_file", to("file:///etc/passwd"), r"redirected to file:///etc/passwd"),
    ("to_ftp", to("ftp://127.0.0.1/models", 308), r"redirected to ftp://"),
    ("to_a_lookalike", to("http://127.0.0.1@example.test/"), r"redirected to http://example\.test/"),
    ("in_circles", to(PATH), r"more than 5 times", {"tries": 6}),
    ("to_nowhere", status(302), r"HTTP 302"),
) + failing(
    "http", ("down_to_http", to("http://127.0.0.1:80/"), r"redirected to http://127", {"tls": {}}),
)

STATUS = failing(
    "http",
    ("204", status(204), r"HTTP 204"),
    ("206", Answer(206, GOOD), r"HTTP 206"),
    ("300", status(300), r"HTTP 300"),
    ("304_unasked", Answer(304, content_type=None, no_length=True), r"HTTP 304"),
    ("400", status(400), r"HTTP 400 Bad Request"),
    ("402", Answer(402, b'{"error":{"message":"pay"}}'), r"HTTP 402.*pay"),
    ("404", status(404), r"HTTP 404 Not Found"),
    ("410", status(410), r"HTTP 410"),
    ("408", status(408), r"HTTP 408 Request Timeout \(attempt 2\)", TWICE),
    ("425", status(425), r"HTTP 425 Too Early \(attempt 2\)", TWICE),
    ("500", Answer(500, HTML, content_type="text/html"), r"HTTP 500 Internal Server Error.*Sign in", TWICE),
    ("502", status(502), r"HTTP 502 Bad Gateway \(attempt 2\)", TWICE),
    ("503", status(503), r"HTTP 503 Service Unavailable \(attempt 2\)", TWICE),
    ("504", status(504), r"HTTP 504 Gateway Timeout \(attempt 2\)", TWICE),
    ("599", status(599), r"HTTP 599 \(attempt 2\)", TWICE),
    ("503_without_end", status(503), r"HTTP 503.*leaves no time for another attempt",
     {"settings": {"UPSTREAM_TIMEOUT": 1, "UPSTREAM_RETRIES": 10}, "tries": None}),
    ("503_until_2099", status(503, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"),
     r"wait 86400 s or more, longer than upstream\.timeout"),
    ("endless_error_page", Answer(404, b"no " * 65536, repeat_body=1000), r"HTTP 404 Not Found: no no"),
) + failing(
    "auth",
    ("401", Answer(401, b'{"error":{"message":"No auth"}}'), r"HTTP 401 Unauthorized.*No auth"),
    ("403", status(403), r"HTTP 403 Forbidden"),
) + failing(
    "rate_limit",
    ("429", status(429), r"HTTP 429 Too Many Requests \(attempt 2\)", TWICE),
    ("429_for_an_hour", status(429, Retry_After="3600"), r"wait 3600 s, longer than upstream\.timeout"),
    ("429_for_ever", status(429, Retry_After="9" * 40), r"wait 86400 s or more"),
    ("429_for_minus_five", status(429, Retry_After="-5"), r"\(attempt 2\)", TWICE),
    ("429_until_soon", status(429, Retry_After="soon"), r"\(attempt 2\)", TWICE),
    ("429_until_long_ago", status(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), r"\(attempt 2\)", TWICE),
)

BODIES = failing(
    "parse",
    ("html", Answer(body=HTML, content_type="text/html"), r"HTML \(content-type text/html\)"),
    ("html_called_json", HTML, r"HTML \(content-type application/json\), beginning: <!DOCTYPE"),
    ("empty", b"", r"answer is empty"),
    ("nothing_behind_half_the_headers", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-"), r"answer is empty"),
    ("blank", b" \n", r"answer is empty"),
    ("only_a_byte_order_mark", b"\xef\xbb\xbf", r"empty"),
    ("text", Answer(body=b"maintenance", content_type="text/plain"), r"11 bytes of text/plain.*maintenance"),
    ("terminal_escapes", b"\x1b]0;owned\x07\x1b[2Jno", r"beginning: \]0;owned\[2Jno"),
    ("utf_16", GOOD.decode().encode("utf-16"), r"invalid UTF-8 at byte 0"),
    ("utf_16_without_mark", GOOD.decode().encode("utf-16-le"), r"NUL byte at byte 1"),
    ("latin_1", '{"data":[{"id":"a/b","name":"caf\u00e9"}]}'.encode("latin-1"), r"invalid UTF-8 at byte 32"),
    ("surrogates_as_utf_8", b'{"data":["\xed\xa0\x80"]}', r"invalid UTF-8 at byte 10"),
    ("nul_byte_behind", b'{"data":[]}\x00', r"NUL byte at byte 11"),
    ("nul_byte_within", GOOD.replace(b"model-001", b"model\x00001"), r"NUL byte at byte"),
    ("raw_control_character", b'{"data":[{"id":"a/b","name":"a\x01b"}]}',
     r"database cannot read the answer|not JSON at byte 30"),
    ("too_deep", b'{"data":' + b"[" * 600 + b"]" * 600 + b"}", r"nested deeper than 512"),
    ("far_too_deep", b"[" * 1000000, r"nested deeper than 512"),
    ("cut_off", GOOD[:2000], r"2000 bytes of application/json"),
    ("cut_off_unnoticed", Answer(body=GOOD, no_length=True, send_only=5000), r"5000 bytes"),
    ("two_documents", GOOD + GOOD, r"text after the end"),
    ("not_quite_json", b"{'data':[]}", r"not JSON at byte 1"),
    ("comma_too_many", b'{"data":[],}', r"JSON|cut off"),
    ("nan", b'{"data":[{"id":"a/b","created":NaN}]}', r"JSON"),
    ("number_beyond_the_database", b'{"data":[{"id":"a/b","created":1e400000}]}',
     r"database cannot read the answer"),
    ("name_without_value", b'{"data"}', r"JSON|cut off"),
) + failing(
    "schema",
    ("array", b"[]", r"an object"),
    ("number", b"1e999", r"an object"),
    ("string", b'"data"', r"an object"),
    ("null", b"null", r"an object.* but is null"),
    ("no_data", root(models=ENTRIES), r'"data" must be an array'),
    ("data_in_capitals", root(DATA=ENTRIES), r'"data" must be an array of models, but is nothing'),
    ("data_is_null", root(data=None), r"but is null"),
    ("data_is_an_object", root(data={"a/b": {}}), r"but is an object"),
    ("data_is_a_string", root(data="a/b"), r"but is a string"),
    ("data_twice", b'{"data":[],' + GOOD[1:], r'"data" is there twice'),
    ("error_object", root(error={"code": 500, "message": "down"}), r"an error instead of a list: down"),
    ("total_is_text", catalogue(ENTRIES, total_count="30"), r"total_count.*but is a string"),
    ("total_is_negative", catalogue(ENTRIES, total_count=-1), r"total_count.*another number"),
    ("total_is_a_fraction", catalogue(ENTRIES, total_count=30.5), r"total_count.*another number"),
    ("total_is_vast", catalogue(ENTRIES, total_count=1e308), r"total_count.*another number"),
    ("all_null", catalogue([None] * 30), r'no entry of the list has a field "id"'),
    ("no_name_anywhere", catalogue([model("a/b%d" % n, name=None) for n in range(30)]),
     r'no entry of the list has a field "name"'),
    ("total_twice", b'{"total_count":30,' + GOOD[1:], r"total_count.*twice"),
)

ENCODINGS = failing(
    "parse",
    ("not_gzip", encoded("gzip", GOOD), r"."),
    ("gzip_with_a_wrong_checksum", encoded("gzip", encodings.gzip_bad_crc(GOOD)), r"."),
    ("gzip_cut_off", encoded("gzip", gzip.compress(GOOD)[:400]), r"."),
    ("gzip_unannounced", gzip.compress(GOOD), r"invalid UTF-8 at byte 1"),
    ("brotli_called_gzip", encoded("gzip", encodings.brotli(GOOD)), r"."),
    ("gzip_called_brotli", encoded("br", gzip.compress(GOOD)), r"."),
    ("gzip_called_zstd", encoded("zstd", gzip.compress(GOOD)), r"."),
    ("unknown_encoding", encoded("rot13", GOOD), r"encoding"),
    ("gzip_fifty_times", encoded(", ".join(["gzip"] * 50), gzip.compress(GOOD)), r"encoding|decoder"),
) + failing(
    "too_large",
    ("gzip_bomb", Answer(body=b'{"data":[' + b" " * 20000000, gzip=True), r"more than 1000000 bytes unpacked",
     {"settings": {"UPSTREAM_MAX_BYTES": 1000000}}),
    ("zstd_bomb", encoded("zstd", encodings.zstd_bomb(2000000000)), r"more than 67108864 bytes unpacked"),
    ("bomb_in_a_bomb", encoded("gzip, gzip", gzip.compress(gzip.compress(b" " * 200000000))),
     r"more than 67108864 bytes unpacked"),
    ("gzip_of_nothing", Answer(body=encodings.gzip_of_nothing(100000), no_length=True,
                               headers={"Content-Encoding": "gzip"}), r"more than 20000 bytes sent", SMALL),
    ("announced_too_large", Answer(body=GOOD, claimed_length=10**15), r"more than 67108864 bytes announced"),
    ("too_large", Answer(body=GOOD, no_length=True), r"more than 4000 bytes (sent|unpacked)",
     {"settings": {"UPSTREAM_MAX_BYTES": 4000}}),
    ("endless", Answer(body=b" " * 65536, no_length=True, repeat_body=10000), r"more than 67108864 bytes"),
    ("long_header", raw(b"X-Long: " + b"x" * 1000000, GOOD), r"."),
    ("thousands_of_headers", raw(b"\r\n".join(b"X-%d: %060d" % (n, n) for n in range(1000)), GOOD),
     r"more than 65536 bytes of headers"),
)

LINKS = failing(
    "schema",
    ("next_is_this_page", linked(PATH), r"back to page 1"),
    ("next_leaves_host", linked("http://example.test/models"), r"leaves the host: http://example\.test/models"),
    ("next_leaves_port", linked("http://127.0.0.1:1/"), r"leaves the host"),
    ("next_is_a_lookalike", linked("//127.0.0.1@example.test/"), r"leaves the host"),
    ("next_is_a_file", linked("file:///etc/passwd"), r"leaves the host"),
    ("next_is_script", linked("javascript:alert(1)"), r"leaves the host"),
    ("next_is_broken", linked("http://[::bad/"), r"leaves the host"),
    ("next_is_terminal_escapes", linked("http://\x1b[2J\x07/"), r"leaves the host: http://\[2J/"),
    ("next_is_a_number", linked(2), r"links\.next.*but is a number"),
    ("links_is_a_list", root(data=ENTRIES, links=[]), r"links.*but is an array"),
    ("next_is_ftp", linked("ftp://127.0.0.1/"), r"leaves the host"),
) + failing(
    "schema",
    ("second_page_is_empty_object", [linked("?offset=30"), b"{}"], r"page 2 \(.*\?offset=30\): \"data\"",
     TWICE),
    ("pages_in_circles", [linked("?p=2"), linked("?p=3"), linked("?p=2")], r"page 4 .*back to page 2",
     {"tries": 3}),
    ("next_down_to_http", linked("http://127.0.0.1/models"), r"leaves the host", {"tls": {}}),
) + failing(
    "http",
    ("second_page_is_missing", [linked("?offset=30"), status(404)], r"page 2 .*HTTP 404", TWICE),
    ("second_page_not_modified", [linked("?offset=30"), Answer(304, content_type=None, no_length=True)],
     r"page 2 .*HTTP 304", TWICE),
) + failing(
    "too_large",
    ("ten_thousand_pages", endless_pages(), r"more than 100 pages", {"tries": 100}),
    ("pages_too_large_together", [linked("?offset=30"), catalogue(models(30, "b/"))],
     r"page 2 .*more than 20000 bytes", {"settings": {"UPSTREAM_MAX_BYTES": 20000}, "tries": 2}),
)

HOLDS = held(
    ("empty_list", catalogue([]), r"the list is empty"),
    ("list_of_three", catalogue(models(3)), r"27 of 30 models are missing"),
    ("half_is_missing", catalogue(models(15)), r"15 of 30 models are missing"),
    ("total_too_large", catalogue(ENTRIES, total_count=300), r"holds 30 models, upstream claims 300"),
    ("total_too_small", catalogue(ENTRIES, total_count=3), r"holds 30 models, upstream claims 3"),
    ("second_page_missing", catalogue(models(20), total_count=30), r"upstream claims 30"),
    ("second_page_repeats_the_first", [catalogue(ENTRIES, 60, "?offset=30"), catalogue(ENTRIES, 60)],
     r"holds 30 models, upstream claims 60"),
    ("nothing_valid", catalogue([model("no vendor %d" % n) for n in range(30)]), r"30 of 30 entries are invalid"),
    ("a_tenth_invalid", catalogue(ENTRIES + [model("no vendor %d" % n) for n in range(4)]),
     r"4 of 34 entries are invalid"),
    ("duplicates_make_the_total", catalogue(models(15) * 2, total_count=30), r"holds 15 models, upstream claims 30"),
)

# name, answers: looks bad, is not; nothing is to be written either
HARMLESS = [
    ("byte_order_mark", b"\xef\xbb\xbf" + GOOD),
    ("no_content_type", Answer(body=GOOD, content_type=None)),
    ("called_html", Answer(body=GOOD, content_type="text/html")),
    ("duplicates_of_everything", catalogue(ENTRIES * 2, total_count=None)),
    ("another_order", catalogue(ENTRIES[::-1])),
    ("name_twice_in_an_entry", GOOD.replace(b'"tokenizer"', b'"tokenizer":"Old","tokenizer"')),
    ("total_is_null", root(data=ENTRIES, total_count=None, links=None)),
    ("no_total_no_links", root(data=ENTRIES)),
    ("deflate", encoded("deflate", encodings.deflate(GOOD))),
    ("brotli", encoded("br", encodings.brotli(GOOD))),
    ("zstd", encoded("zstd", encodings.zstd(GOOD))),
    ("gzip_twice", encoded("gzip, gzip", gzip.compress(gzip.compress(GOOD)))),
    ("hundreds_of_headers", raw(b"\r\n".join(b"X-%d: y" % n for n in range(1000)), GOOD)),
    ("http_1_0", Answer(raw=b"HTTP/1.0 200 OK\r\n\r\n" + GOOD)),
    ("early_hints", Answer(raw=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                           b"HTTP/1.1 200 OK\r\n\r\n" + GOOD)),
    ("in_single_bytes", raw(b"Transfer-Encoding: chunked",
                            b"".join(b"1\r\n%c\r\n" % byte for byte in GOOD) + b"0\r\n\r\n")),
    ("http_429_then_good", [status(429, Retry_After="1"), GOOD]),
    ("reset_then_good", [Answer(body=GOOD, send_only=5000, reset=True), GOOD]),
    ("redirect_on_the_host", [to("/v2/models", 308), GOOD]),
    ("a_last_page_without_models", [linked("?offset=30"), catalogue([], 30)]),
]


class MisbehaviourTest(SyncTestCase):
    """One method per row of the tables above, made below."""

    COMMON = {"UPSTREAM_RETRIES": 1, "SYNC_COOLDOWN_MINUTES": 0}

    # Everything that is looked at after a sync, in one go.
    SEEN = """
        SELECT (%s) AS models,
            (SELECT count(*) FROM modelsync.lease WHERE run_id IS NOT NULL) AS claims,
            (SELECT run_id FROM modelsync.hold WHERE state = 'open') AS held_run,
            r.run_id AS run, r.state, r.category, r.message,
            (SELECT coalesce(json_agg(json_build_array(a.action, a.outcome, a.detail ->> 'category')), '[]')
                FROM modelsync.audit a WHERE a.run_id = r.run_id) AS audit
        FROM modelsync.run r ORDER BY r.run_id DESC LIMIT 1""" % MODELS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.cluster.database()
        path = cls.cluster.scratch.file("good.json")
        with open(path, "wb") as file:
            file.write(GOOD)
        done = cls.shared.run("sync", "--from", path)
        assert done.returncode == 0, done.stderr
        cls.models = cls.shared.value(MODELS)

    def setUp(self):
        super().setUp()
        self.db = self.shared

    def look(self):
        seen = self.db.rows(self.SEEN)[0]
        self.assertEqual(seen["models"], self.models, "no model row may be written")
        return seen

    def serve_row(self, row):
        """The stub that plays a row, and the settings that lead there."""
        settings = dict(self.COMMON, UPSTREAM_URL=self.upstream.url)
        settings.update(row.settings)
        if row.tls is not None:
            certificate = Certificate(**row.tls)
            self.addCleanup(certificate.close)
            upstream = Upstream(tls=certificate)
            self.addCleanup(upstream.close)
            self.upstream = upstream
            settings["UPSTREAM_URL"] = upstream.url
            if row.trusts:
                settings["UPSTREAM_CA_FILE"] = certificate.file
        if row.url == "stall":
            settings["UPSTREAM_URL"] = "https://127.0.0.1:%d/" % self.silent_port()
        elif row.url:
            settings["UPSTREAM_URL"] = row.url.format(port=self.upstream.port)
        self.serve(*row.answers if isinstance(row.answers, list) else [row.answers])
        return settings

    def silent_port(self):
        """Connections are made, and nothing is said."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        return listener.getsockname()[1]

    def check(self, row):
        result = self.sync(**self.serve_row(row))
        self.assertEqual((result.code, result["category"]), (row.code, row.category), result)
        self.assertRegex(result["message"], row.says)
        seen = self.look()
        for name, expected in (("run", result["run"]), ("state", row.state), ("category", row.category),
                               ("message", result["message"]), ("claims", 0)):
            self.assertEqual(seen[name], expected, name)
        if row.state == "failed":
            self.assertEqual(seen["audit"], [["sync", "failed", row.category]])
            self.assertTrue(result["hint"], "a failed run says what to do")
            self.assertIn(result["hint"], result.stderr)
        else:
            self.assertEqual(seen["audit"], [["sync", "held", None]])
            self.assertEqual(seen["held_run"], result["run"])
        if row.tries is not None:
            self.assertEqual(len(self.upstream.requests), row.tries, "requests")
        for text in (result["message"], result.stderr):
            self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f]", "control characters")

    def check_harmless(self, answers):
        self.serve(*answers if isinstance(answers, list) else [answers])
        result = self.sync(**self.COMMON)
        self.assertEqual((result.code, result["state"]), (0, "completed"), result)
        self.assertEqual((result["counts"]["valid"], result["changes"]), (30, []))
        self.assertEqual(self.look()["audit"], [["sync", "done", None]])


def add_test(name, check, *values):
    def test(self):
        getattr(self, check)(*values)

    test.__name__ = "test_" + name
    assert not hasattr(MisbehaviourTest, test.__name__), name
    setattr(MisbehaviourTest, test.__name__, test)


for group in ("CONNECTION", "SETTINGS", "TLS", "REDIRECTS", "STATUS", "BODIES", "ENCODINGS", "LINKS", "HOLDS"):
    for member in globals()[group]:
        add_test("%s_%s" % (group.lower(), member.name), "check", member)
for harmless in HARMLESS:
    add_test("harmless_" + harmless[0], "check_harmless", harmless[1])


if __name__ == "__main__":
    unittest.main()
