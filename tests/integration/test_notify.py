# SPDX-License-Identifier: MIT
"""What people are told, by real servers: mail with and without TLS, Slack, a signed webhook."""
import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import time
import unittest

from daemon_case import DaemonCase
from mail_stub import Mailbox, Silence
from modelsync_test import Scratch, Session, program, wait_until
from upstream_stub import Answer, Certificate, Upstream, catalogue

ANN, BOB = "ann@example.org", "bob@example.org"
LOGIN = ("modelsync", "correct horse")
SLACK_PATH = "/services/T000/B000/sLaCkSeCrEt"
HOOK_PATH = "/hook/wEbHoOkPaTh"
KEY = "sIgNiNgKeY"


def names(**settings):
    return {"MODELSYNC_NOTIFY_" + name: str(value) for name, value in settings.items()}


class Servers:
    """What several tests need; each is closed at the end of its test."""

    def mailbox(self, **how):
        box = Mailbox(**how)
        self.addCleanup(box.close)
        return box

    def hook(self, *answers):
        server = Upstream(answers or [Answer(200, b"ok", content_type="text/plain")])
        self.addCleanup(server.close)
        return server

    def certificate(self):
        certificate = Certificate()
        self.addCleanup(certificate.close)
        return certificate

    def silence(self):
        silence = Silence()
        self.addCleanup(silence.close)
        return silence


class SampleTest(Servers, unittest.TestCase):
    """`notify test`, which needs no database."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = Scratch()
        cls.addClassCleanup(cls.scratch.close)

    def run_test(self, *arguments, **settings):
        return self.scratch.run(program(), "notify", "test", *arguments,
                                env=self.scratch.environment(**names(**settings)))

    def assert_sent(self, done, text):
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(text, done.stdout)

    def assert_not(self, done, code, *texts):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for text in texts:
            self.assertIn(text, done.stdout + done.stderr)

    def test_mail(self):
        box = self.mailbox()
        self.assert_sent(self.run_test(EMAIL_TO="%s, %s" % (ANN, BOB), EMAIL_FROM="sync@example.org", SMTP_URL=box.url,
                                       SUBJECT_PREFIX="[sync prod]"),
                         "email    sent; the server says: 250 2.0.0 queued as 17\n")
        mail, = box.mails
        self.assertEqual((mail.sender, mail.recipients), ("sync@example.org", [ANN, BOB]))
        self.assertEqual((mail["From"], mail["To"], mail["Subject"]),
                         ("sync@example.org", "%s, %s" % (ANN, BOB), "[sync prod] This is a test"))
        self.assertRegex(mail["Message-ID"], r"^<modelsync\.0\.\d+@example\.org>$")
        self.assertRegex(mail["Date"], r"^\w{3}, \d{1,2} \w{3} 20\d\d \d\d:\d\d:\d\d \+0000$")
        self.assertEqual((mail["Content-Type"], mail["Auto-Submitted"]), ('text/plain; charset="utf-8"', "auto-generated"))
        self.assertIn("Somebody asked for it with notify test.", mail.text)
        self.assertNotRegex(mail.raw, rb"[^\r]\n")
        self.assertLessEqual(max(len(line) for line in mail.raw.split(b"\r\n")), 78)

    def test_starttls_and_a_login(self):
        certificate = self.certificate()
        box = self.mailbox(tls=certificate, login=LOGIN)
        how = {"EMAIL_TO": ANN, "SMTP_URL": box.url, "SMTP_USER": LOGIN[0], "SMTP_PASSWORD": LOGIN[1], "SMTP_TLS": "always"}
        self.assert_sent(self.run_test(CA_FILE=certificate.file, **how), "250 2.0.0 queued")
        self.assert_not(self.run_test(**how), 1, "not sent (tls): ", "certificate")
        self.assert_not(self.run_test(CA_FILE=certificate.file, **dict(how, SMTP_PASSWORD="wrong horse")), 1,
                        "not sent (auth): ", "535")
        self.assertEqual(len(box.mails), 1)

    def test_a_server_without_starttls_gets_no_password(self):
        box = self.mailbox()
        self.assert_not(self.run_test(EMAIL_TO=ANN, SMTP_URL=box.url, SMTP_TLS="always", SMTP_USER="x", SMTP_PASSWORD="y"),
                        1, "not sent (tls): ")
        self.assertEqual(box.mails, [])

    def test_tls_from_the_first_byte(self):
        certificate = self.certificate()
        box = self.mailbox(tls=certificate, implicit=True, login=LOGIN)
        path = self.scratch.file("password")
        with open(path, "w", encoding="utf-8") as file:
            file.write(LOGIN[1] + "\n")
        os.chmod(path, 0o600)
        self.assert_sent(self.run_test(EMAIL_TO=ANN, SMTP_URL=box.url, CA_FILE=certificate.file, SMTP_USER=LOGIN[0],
                                       SMTP_PASSWORD_FILE=path), "250 2.0.0 queued")

    def test_who_is_refused(self):
        box = self.mailbox()
        box.refused[BOB] = "550 5.1.1 no such user"
        self.assert_sent(self.run_test(EMAIL_TO="%s,%s" % (ANN, BOB), SMTP_URL=box.url),
                         "250 2.0.0 queued as 17; refused: 550 5.1.1 no such user")
        self.assertEqual(box.mails[0].recipients, [ANN])
        self.assert_not(self.run_test(EMAIL_TO=BOB, SMTP_URL=box.url), 5, "not sent (refused): 550 5.1.1 no such user")
        box.answers[:] = ["554 5.7.1 no spam please"]
        self.assert_not(self.run_test(EMAIL_TO=ANN, SMTP_URL=box.url), 5, "not sent (refused): 554 5.7.1 no spam please")

    def test_slack(self):
        hook = self.hook()
        self.assert_sent(self.run_test(SLACK_URL=hook.origin + SLACK_PATH), "slack    sent; the server says: HTTP 200: ok\n")
        self.assertEqual(hook.requests[0][0], SLACK_PATH)
        self.assertEqual(hook.requests[0][1]["Content-Type"], "application/json")
        self.assertRegex(json.loads(hook.bodies[0])["text"], r"^\*\[modelsync\] This is a test\*\nSomebody asked ")

    def test_a_signed_webhook(self):
        hook = self.hook(Answer(204, content_type=None))
        self.assert_sent(self.run_test(WEBHOOK_URL=hook.origin + HOOK_PATH, WEBHOOK_SECRET=KEY), "HTTP 204\n")
        headers, body = hook.requests[0][1], hook.bodies[0]
        signed = headers["X-Modelsync-Timestamp"].encode() + b"." + body
        self.assertEqual(headers["X-Modelsync-Signature"], "sha256=" + hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest())
        self.assertLess(abs(time.time() - int(headers["X-Modelsync-Timestamp"])), 60)
        self.assertEqual([json.loads(body)[name] for name in ("id", "kind", "facts", "repeat")], [0, "test", {}, False])

    def test_web_servers_that_do_not_like_it(self):
        for status, code, text in ((404, 1, "(http): HTTP 404: no_service"), (403, 1, "(auth): HTTP 403"),
                                   (429, 1, "(rate_limit): HTTP 429"), (302, 1, "(http): HTTP 302"), (500, 1, "(http): HTTP 500")):
            hook = self.hook(Answer(status, b"no_service", headers={"Location": "http://127.0.0.1/"}))
            self.assert_not(self.run_test(SLACK_URL=hook.origin + SLACK_PATH), code, "not sent " + text)
            self.assertEqual(len(hook.requests), 1, "no redirect is followed")

    def test_nobody_is_there(self):
        silence = self.silence()
        began = time.monotonic()
        self.assert_not(self.run_test(EMAIL_TO=ANN, SMTP_URL="smtp://" + silence.address, TIMEOUT=1), 1, "not sent (timeout): ")
        self.assert_not(self.run_test(SLACK_URL="http://" + silence.address + SLACK_PATH, TIMEOUT=1), 1, "not sent (timeout): ")
        self.assertLess(time.monotonic() - began, 10)
        self.assert_not(self.run_test(EMAIL_TO=ANN, SMTP_URL="smtp://127.0.0.1:1"), 1, "not sent (network): ")

    def test_secrets_stay_secret(self):
        half_cut = "." * 180 + SLACK_PATH
        for server in (self.hook(Answer(500, ("no " + SLACK_PATH).encode())),
                       self.hook(Answer(500, half_cut.encode())), self.silence()):
            origin = getattr(server, "origin", None) or "http://" + server.address
            done = self.run_test("--json", SLACK_URL=origin + SLACK_PATH, WEBHOOK_URL=origin + SLACK_PATH, WEBHOOK_SECRET=KEY, TIMEOUT=1)
            self.assertEqual(done.returncode, 1)
            self.assertEqual([row["channel"] for row in json.loads(done.stdout)], ["slack", "webhook"])
            for secret in (SLACK_PATH[:10], KEY):
                self.assertNotIn(secret, done.stdout + done.stderr)

    def test_one_channel(self):
        box, hook = self.mailbox(), self.hook()
        how = {"EMAIL_TO": ANN, "SMTP_URL": box.url, "SLACK_URL": hook.origin + SLACK_PATH}
        self.assert_sent(self.run_test("--channel", "email", **how), "email    sent")
        self.assertEqual((len(box.mails), len(hook.requests)), (1, 0))
        self.assert_not(self.run_test("--channel", "webhook", **how), 2, "webhook is not set up: notify.webhook_url is empty")
        self.assert_not(self.run_test("--channel", "pigeon", **how), 2, "there are email, slack and webhook")
        self.assert_not(self.run_test(), 2, "nobody would be told")

    def test_settings(self):
        def check(**settings):
            return self.scratch.run(program(), "config", "check", env=self.scratch.environment(**names(**settings)))

        done = check(EMAIL_TO=ANN, WEBHOOK_URL="https://example.org/x")
        self.assert_not(done, 0, "warning: notify.smtp_url is not set: mail goes to smtp://localhost",
                        "warning: notify.email_from is not set: mail comes from modelsync@",
                        "warning: notify.webhook_secret is not set: posts are not signed")
        for settings, text in (({"EMAIL_TO": "ann"}, '"ann" is not an address'),
                               ({"EMAIL_TO": "ann@x, <bob@y>"}, '" <bob@y>" is not an address'),
                               ({"EMAIL_FROM": "a b@c"}, '"a b@c" is not an address'),
                               ({"SMTP_URL": "mail.example.org"}, "notify.smtp_url: is not an smtp://"),
                               ({"SMTP_URL": "smtp://ann:secret@mail.example.org"}, "notify.smtp_url: holds a log-in"),
                               ({"SLACK_URL": "ftp://x/secret"}, "notify.slack_url: is not an https://"),
                               ({"SMTP_PASSWORD": "secret"}, "notify.smtp_user: is not set")):
            done = check(**settings)
            self.assert_not(done, 2, text)
            self.assertNotIn("secret", done.stderr.replace("webhook_secret", ""))


class NotifyCase(Servers, DaemonCase):
    def notify(self, **settings):
        return {"NOTIFY_" + name: value for name, value in settings.items()}

    def listen(self, **settings):
        """A daemon that can tell people."""
        daemon = self.start(**self.notify(**settings))
        wait_until(lambda: self.db.value("SELECT count(*) FROM modelsync.channel") != "0", message="its channels")
        return daemon

    def break_runs(self, times=2):
        self.db.psql("""SELECT modelsync.sync_fail((c ->> 'run')::bigint, (c ->> 'fence')::bigint,
            'network', 'cannot reach “upstream”', null) FROM modelsync.sync_begin('{"trigger": "scheduled"}') c;\n""" * times)

    def tell(self, count=1):
        """Messages as they come."""
        self.db.psql("SELECT modelsync.tell('alerts', 'message ' || i, 'text ' || i, '{}') FROM generate_series(1, %d) i" % count)

    def hurry(self):
        """Whatever waits for its time is due now."""
        self.db.psql("UPDATE modelsync.delivery SET next_at = clock_timestamp() WHERE next_at IS NOT NULL;"
                     "SELECT modelsync.announce('{\"deliveries\": 1}')")

    def deliveries(self):
        return self.db.rows("SELECT *, extract(epoch FROM next_at - tried_at) AS pause_s FROM modelsync.delivery ORDER BY delivery_id")

    def wait_state(self, *states, timeout=15):
        """Waits until the deliveries are in these states, in order; returns them."""
        def found():
            rows = self.deliveries()
            return rows if [row["state"] for row in rows] == list(states) else None

        try:
            return wait_until(found, timeout, "deliveries that are " + ", ".join(states))
        except AssertionError as error:
            raise AssertionError("%s; there are %s" % (error, self.deliveries())) from None

    def wait_mails(self, box, count, timeout=15):
        wait_until(lambda: len(box.mails) >= count, timeout, "%d mails" % count)
        return box.mails


class TellTest(NotifyCase):
    def test_what_is_told(self):
        box, slack, hook = self.mailbox(), self.hook(), self.hook()
        daemon = self.listen(EMAIL_TO=ANN, SMTP_URL=box.url, SLACK_URL=slack.origin + SLACK_PATH,
                             WEBHOOK_URL=hook.origin + HOOK_PATH, WEBHOOK_SECRET=KEY)
        self.break_runs()
        mail = self.wait_mails(box, 1)[0]
        self.assertEqual(mail["Subject"], "[modelsync] Sync fails: 2 runs in a row, the last one: network")
        self.assertEqual((mail["X-Modelsync-Kind"], mail["X-Modelsync-Repeat"]), ("failing", ""))
        self.assertIn("The last 2 runs failed. No run has ever completed.\n\nrun 2, ", mail.text)
        self.assertIn("network: cannot reach “upstream”\n", mail.text)
        wait_until(lambda: hook.bodies and slack.bodies, message="the hooks")
        self.assertEqual(json.loads(hook.bodies[0])["facts"]["failures"], 2)
        self.assertIn("cannot reach “upstream”", json.loads(slack.bodies[0])["text"])
        self.serve(catalogue(self.entries))
        daemon.signal(signal.SIGUSR1)
        self.assertEqual(self.wait_mails(box, 2)[1]["Subject"], "[modelsync] Sync works again: run 3 completed")
        self.wait_state(*["sent"] * 6)
        daemon.wait_log(r"level=info event=notified delivery=\d+ channel=email kind=recovered attempt=1 message=\"250 2.0.0 queued as 17\"")
        status = json.loads(self.db.run("status", "--json").stdout)["notifications"]
        self.assertEqual((status["sent"], status["waiting"], status["failed"], status["channels"], status["open"]),
                         (6, 0, 0, ["email", "slack", "webhook"], []))
        self.assertRegex(self.db.run("status").stdout,
                         r"\nnotify      email, slack, webhook; 0 waiting, 0 failed, 6 sent, the last at .* ago\)\n")
        self.assertEqual(self.db.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%notify'"), "0",
                         "the connection is there for the deliveries only")

    def test_a_broken_night(self):
        box = self.mailbox()
        self.listen(EMAIL_TO=ANN, SMTP_URL=box.url)
        self.break_runs(40)
        self.wait_state("sent")
        self.db.psql("UPDATE modelsync.matter SET quiet_until = clock_timestamp() WHERE quiet_until IS NOT NULL;"
                     "SELECT modelsync.notify_decide(false)")
        self.wait_state("sent", "sent")
        self.break_runs(10)
        self.assertEqual(len(box.subjects()), 2)
        self.assertRegex(box.subjects()[0], "Sync fails: 2 runs in a row")
        self.assertRegex(box.subjects()[1], r"Digest since .*: 38 failed runs, not over$")

    def test_held_silent_and_alerts(self):
        box = self.mailbox()
        self.load(self.entries)
        self.listen(EMAIL_TO=ANN, SMTP_URL=box.url)
        self.sync("--from", self.file(catalogue([])))
        self.assertIn("modelsync-tui sync --discard-held 1", self.wait_mails(box, 1)[0].text)
        self.db.psql("UPDATE modelsync.run SET completed_at = completed_at - interval '27 hours' WHERE state = 'completed'")
        daemon = self.start(**self.notify(EMAIL_TO=ANN, SMTP_URL=box.url))  # its beat finds out
        self.assertEqual(self.wait_mails(box, 2)[1]["Subject"], "[modelsync] No sync has completed for 27 hours")
        self.entries[0]["pricing"]["prompt"] = "0.5"
        self.sync("--from", self.file(catalogue(self.entries)))
        self.wait_mails(box, 4)
        self.assertEqual({mail["X-Modelsync-Kind"] for mail in box.mails[2:]}, {"recovered", "alerts"})
        self.assertIn("[modelsync] Alert: vendor/model-000: price_jump", box.subjects())
        self.assertEqual(daemon.stop(), 0)

    def test_many_find_out_and_tell_once(self):
        self.load(self.entries)
        beat = "SELECT modelsync.daemon_beat('%s')" % json.dumps({
            "owner": "host:1", "version": "1", "started_at": "2026-06-07", "enabled": True, "schedule": "x",
            "timezone": "UTC", "channels": ["email"]})
        sessions = [Session(self.db) for _ in range(8)]
        for session in sessions:
            self.addCleanup(session.close)
            session.ask(beat + ";")
        self.db.psql("UPDATE modelsync.run SET completed_at = completed_at - interval '27 hours'")
        for session in sessions:
            session.send((beat + ";\n") * 20)
        for session in sessions:
            self.assertEqual(session.answer().count('"ok": true'), 20)
        self.assertEqual([row["kind"] for row in self.db.rows("SELECT kind FROM modelsync.message")], ["silent"])

    def test_two_daemons_deliver_once(self):
        box = self.mailbox()
        for _ in range(2):
            self.listen(EMAIL_TO=ANN, SMTP_URL=box.url)
        self.tell(30)
        rows = self.wait_state(*["sent"] * 30, timeout=60)
        self.assertEqual(sorted(box.subjects()), sorted("[modelsync] message %d" % i for i in range(1, 31)))
        self.assertEqual({row["attempts"] for row in rows}, {1})

    def test_who_dies_is_followed(self):
        box = self.mailbox()
        how = {"EMAIL_TO": ANN, "SMTP_URL": box.url, "TIMEOUT": 3}
        daemon = self.listen(**how)
        box.hold.set()
        self.tell()
        self.assertTrue(box.held.wait(15))
        daemon.kill()
        box.hold.clear()
        self.wait_state("sending")
        other = self.listen(**how)
        row, = self.wait_state("sent", timeout=60)
        self.assertEqual((row["attempts"], row["is_repeat"]), (2, True))
        self.assertEqual([mail["X-Modelsync-Repeat"] for mail in box.mails], ["", "yes"])
        self.assertEqual(box.mails[0]["Message-ID"], box.mails[1]["Message-ID"])
        self.assertIn("(This message may have reached you before.)", box.mails[1].text)
        self.assertEqual(other.stop(), 0)

    def test_new_settings(self):
        box, slack = self.mailbox(), self.hook()
        path = self.cluster.scratch.file("notify.conf")

        def write(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write("notify = { %s };\n" % text)
            os.chmod(path, 0o600)

        write('email_to = "%s"; smtp_url = "%s";' % (ANN, box.url))
        daemon = self.start(arguments=("--config", path))
        wait_until(lambda: self.db.value("SELECT string_agg(channel, ' ') FROM modelsync.channel") == "email", message="mail")
        write('email_to = "nobody"; smtp_url = "%s";' % box.url)
        daemon.signal(signal.SIGHUP)
        daemon.wait_log('event=not_reloaded message="notify.email_to: ')
        write('slack_url = "%s";' % (slack.origin + SLACK_PATH))
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("event=reloaded")
        wait_until(lambda: "slack" in self.db.value("SELECT string_agg(channel, ' ') FROM modelsync.channel"), message="Slack")
        self.tell()
        wait_until(lambda: slack.bodies, message="Slack to be told")
        self.assertEqual(box.mails, [])


class TroubleTest(NotifyCase):
    def test_a_server_that_is_down(self):
        box = Mailbox()
        box.close()
        daemon = self.listen(EMAIL_TO=ANN, SMTP_URL=box.url)
        self.tell()
        row, = self.wait_state("waiting")
        wait_until(lambda: self.deliveries()[0]["attempts"] == 1 and self.deliveries()[0]["state"] == "waiting", message="an attempt")
        row, = self.deliveries()
        self.assertEqual((row["category"], row["is_repeat"]), ("network", False))
        self.assertTrue(14 < row["pause_s"] < 31, row)
        daemon.wait_log("level=warn event=notify_waits delivery=1 channel=email kind=alerts attempt=1 category=network")
        self.db.psql("UPDATE modelsync.message SET at = at - interval '2 hours'")
        done = self.db.run("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("problem     notifications have waited for 2h to be delivered; see notify list", done.stdout)
        again = Mailbox(port=box.port)
        self.addCleanup(again.close)
        self.wait_state("sent", timeout=90)
        self.assertEqual(again.subjects(), ["[modelsync] message 1"])

    def test_a_server_that_says_nothing_delays_nobody(self):
        daemon = self.listen(EMAIL_TO=ANN, SMTP_URL="smtp://" + self.silence().address, TIMEOUT=60)
        self.tell(3)
        self.wait_state("sending", "waiting", "waiting")
        began = time.monotonic()
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("event=run_completed")
        self.assertLess(time.monotonic() - began, 5)
        began = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 5)
        rows = self.wait_state("waiting", "waiting", "waiting")
        self.assertEqual((rows[0]["category"], rows[0]["is_repeat"]), ("cancelled", False))
        self.listen(EMAIL_TO=ANN, SMTP_URL=self.mailbox().url)
        self.wait_state("sent", "sent", "sent")

    def test_an_answer_that_never_comes_makes_a_repeat(self):
        box = self.mailbox()
        self.listen(EMAIL_TO=ANN, SMTP_URL=box.url, TIMEOUT=1)
        box.hold.set()
        self.tell()
        wait_until(lambda: self.deliveries()[0]["category"] == "timeout", 20, "the time limit")
        self.assertTrue(self.deliveries()[0]["is_repeat"])
        box.hold.clear()
        self.hurry()
        self.wait_state("sent")
        self.assertEqual([mail["X-Modelsync-Repeat"] for mail in box.mails], ["", "yes"])

    def settled(self, **settings):
        """What one attempt comes to."""
        self.db.psql("DELETE FROM modelsync.message; DELETE FROM modelsync.channel")
        daemon = self.listen(**settings)
        self.tell()
        wait_until(lambda: self.deliveries()[0]["category"], 15, "an attempt")
        row, = self.deliveries()
        self.assertEqual(daemon.stop(), 0)
        return row["state"], row["category"], row["error"], row["pause_s"]

    def test_servers_that_refuse(self):
        box = self.mailbox()
        box.refused[ANN] = "550 5.1.1 no such user"
        mail = {"EMAIL_TO": ANN, "SMTP_URL": box.url}
        self.assertEqual(self.settled(**mail), ("failed", "refused", "550 5.1.1 no such user", None))
        box.refused[ANN] = "451 4.7.1 greylisted"
        self.assertEqual(self.settled(**mail)[:3], ("waiting", "refused", "451 4.7.1 greylisted"))
        for status, state, category in ((400, "failed", "http"), (410, "failed", "http"), (401, "waiting", "auth"),
                                        (500, "waiting", "http"), (408, "waiting", "http")):
            hook = self.hook(Answer(status, b"no"))
            self.assertEqual(self.settled(WEBHOOK_URL=hook.origin + HOOK_PATH)[:3], (state, category, "HTTP %d: no" % status))
        hook = self.hook(Answer(429, b"slow down", headers={"Retry-After": "777"}))
        state, category, _, pause = self.settled(SLACK_URL=hook.origin + SLACK_PATH)
        self.assertEqual((state, category), ("waiting", "rate_limit"))
        self.assertAlmostEqual(pause, 777, delta=20)

    def test_failures_are_seen_and_tried_again(self):
        box = self.mailbox()
        box.refused[ANN] = "550 5.1.1 no such user"
        self.load(self.entries)
        daemon = self.listen(EMAIL_TO=ANN, SMTP_URL=box.url)
        self.tell(2)
        self.wait_state("failed", "failed")
        daemon.wait_log("level=error event=notify_failed delivery=2 channel=email", count=1)
        done = self.db.run("status")
        self.assertEqual(done.returncode, 1)
        self.assertIn("problem     2 notifications could not be delivered (email: refused: 550 5.1.1 no such user); see notify list", done.stdout)
        rows = json.loads(self.db.run("notify", "list", "--json").stdout)
        self.assertEqual([(row["delivery"], row["state"], row["attempts"]) for row in rows], [(2, "failed", 1), (1, "failed", 1)])
        self.assertRegex(self.db.run("notify", "list").stdout, r"(?m)^ +2  .*email +failed +1 +message 2 +550 5\.1\.1 no such user$")
        box.refused.clear()
        self.assertEqual(self.db.run("notify", "retry", "1", "--reason", "mended").stdout, "1 will be tried again\n")
        self.wait_state("sent", "failed")
        self.assertEqual(self.db.run("notify", "discard", "1", "2").stdout, "1 discarded; the others are settled already\n")
        self.assertEqual(self.db.run("status").returncode, 0)
        self.assertEqual(self.db.run("notify", "list").stderr, "nothing waits\n")
        self.assertIn("there is no delivery 9", self.db.run("notify", "retry", "9").stderr)
        self.assertIn("not the number of a delivery", self.db.run("notify", "retry", "x").stderr)
        self.assertRegex(self.db.run("audit", "--limit", "3").stdout, "notify +refused(.|\n)*notify +done(.|\n)*notify +done .*mended")

    def test_nothing_secret_is_written_anywhere(self):
        echo = self.hook(Answer(500, ("%s %s %s" % (SLACK_PATH, HOOK_PATH, KEY)).encode()))
        certificate = self.certificate()
        box = self.mailbox(tls=certificate, login=LOGIN)
        how = {"EMAIL_TO": ANN, "SMTP_URL": box.url, "SMTP_TLS": "always", "CA_FILE": certificate.file, "SMTP_USER": LOGIN[0],
               "SMTP_PASSWORD": "wrong " + LOGIN[1], "SLACK_URL": echo.origin + SLACK_PATH,
               "WEBHOOK_URL": echo.origin + HOOK_PATH, "WEBHOOK_SECRET": KEY, "TIMEOUT": 5}
        settings = self.notify(**how)
        daemon = self.listen(**how)
        self.break_runs()
        wait_until(lambda: len([row for row in self.deliveries() if row["category"]]) == 3, 20, "three attempts")
        self.assertEqual(daemon.stop(), 0)
        dump = subprocess.run(["pg_dump", "-d", self.db.conninfo], capture_output=True, check=True).stdout.decode()
        env = self.environment(**settings)
        shown = "".join(self.db.run(*command, env=env).stdout
                        for command in (("status",), ("notify", "list"), ("config", "show"), ("notify", "test")))
        self.assertIn("HTTP 500: ", dump)
        self.assertIn("notify.webhook_secret ", shown)
        for secret in (SLACK_PATH, HOOK_PATH, KEY, LOGIN[1]):
            for text in (dump, daemon.log(), shown):
                self.assertIsNone(re.search(re.escape(secret), text), secret)


if __name__ == "__main__":
    unittest.main()
