# SPDX-License-Identifier: MIT
"""The daemon: its schedule, its signals, and databases that are not there."""
import json
import os
import signal
import socket
import time
import unittest

from daemon_case import DaemonCase
from modelsync_test import wait_until
from socket_proxy import SocketProxy
from upstream_stub import Answer, catalogue, models

HANG = Answer(hang_before=True)


class ScheduleTest(DaemonCase):
    def test_each_slot_is_run_within_a_second_of_its_time(self):
        daemon = self.start("@every 2s")
        daemon.wait_log("event=run_completed", count=3)
        self.assertEqual(daemon.stop(), 0)
        late = self.db.rows("""
            SELECT s.at, extract(epoch FROM r.started_at - s.at) AS late_s FROM modelsync.slot s
            JOIN modelsync.run r USING (slot_id)""")
        self.assertGreaterEqual(len(late), 3)
        for row in late:
            self.assertLess(row["late_s"], 1.0, row)
        self.assertEqual({(run["trigger"], run["origin"], run["attempt"]) for run in self.runs()},
                         {("scheduled", "daemon", 1)})

    def test_what_failed_is_tried_again(self):
        self.serve(Answer(503), Answer(503), catalogue(self.entries))
        self.start("@every 10m", SYNC_CATCH_UP="true", SYNC_RETRY_BASE=1, UPSTREAM_RETRIES=0)
        slot = self.wait_slot("completed")
        self.assertEqual((slot["attempts"], slot["failures"]), (3, 2))
        self.assertEqual(slot["runs"], ["failed http", "failed http", "completed "])

    def test_what_is_permanent_is_not(self):
        self.serve(Answer(401))
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true", SYNC_RETRY_BASE=1)
        self.assertEqual(self.wait_slot("failed")["runs"], ["failed auth"])
        daemon.wait_log("level=error event=run_failed run=1 slot=.* attempt=1 category=auth")

    def test_what_is_held_waits_for_an_admin(self):
        self.load(self.entries)
        self.db.psql("UPDATE modelsync.run SET started_at = now() - interval '1 hour'")
        self.serve(catalogue([]))
        self.start("@every 10m", SYNC_CATCH_UP="true", SYNC_RETRY_BASE=1)
        self.assertEqual(self.wait_slot("held")["runs"], ["held held"])

    def test_what_somebody_cancelled_stays_so(self):
        self.serve(HANG)
        self.start("@every 10m", SYNC_CATCH_UP="true", SYNC_RETRY_BASE=1)
        self.wait_for_request()
        self.db.psql("SELECT modelsync.sync_cancel(1, '{\"os_user\": \"admin\"}')")
        self.assertEqual(self.wait_slot("cancelled")["runs"], ["failed cancelled"])

    def test_missed_is_made_up_once(self):
        first = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.wait_slot("completed")
        second = self.start("@every 10m", SYNC_CATCH_UP="true", LOG_LEVEL="debug")
        second.wait_log("event=slot_done")
        self.assertEqual((first.stop(), second.stop()), (0, 0))
        self.assertEqual([run["state"] for run in self.runs()], ["completed"])

    def test_missed_is_left_alone_without_the_option(self):
        daemon = self.start("@every 10m", LOG_LEVEL="debug")
        daemon.wait_log("event=slot_done")
        self.assertEqual([slot["state"] for slot in self.slots()], ["missed"])
        self.assertEqual(self.runs(), [])

    def test_switched_off(self):
        daemon = self.start("@every 1s", SYNC_ENABLED="false")
        time.sleep(2.5)
        self.assertEqual(self.slots(), [])
        daemon.wait_log("next=never")
        self.assertIsNone(json.loads(self.db.run("status", "--json").stdout)["next_slot"])

    def test_a_schedule_that_is_wrong_ends_it(self):
        daemon = self.start("0 2 * *", wait=False)
        self.assertEqual(daemon.process.wait(10), 2)
        self.assertIn("sync.schedule is wrong at character 8", daemon.log())


class StatusTest(DaemonCase):
    def test_status_tells_who_is_there_and_what_comes(self):
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.wait_slot("completed")
        daemon.wait_log("event=run_completed")
        status = wait_until(lambda: json.loads(self.db.run("status", "--json").stdout), message="status")
        self.assertEqual([(d["owner"].split(":")[1], d["alive"], d["schedule"]) for d in status["daemons"]],
                         [(str(daemon.pid), True, "@every 10m")])
        self.assertEqual(status["last_slot"]["owner"], status["daemons"][0]["owner"])
        self.assertEqual(status["last_slot"]["state"], "completed")
        self.assertTrue(status["next_slot"])
        text = self.db.run("status").stdout
        self.assertRegex(text, r"next slot   \S+ \S+ UTC \(in \d+[sm]\)")
        self.assertRegex(text, r"last slot   .* completed, run 1 by \S+:%d, attempt 1\n" % daemon.pid)
        self.assertRegex(text, r"daemon      \S+:%d alive, @every 10m UTC, heard " % daemon.pid)
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(json.loads(self.db.run("status", "--json").stdout)["daemons"], [])

    def test_a_daemon_that_died_is_a_problem(self):
        self.load(self.entries)
        daemon = self.start()
        wait_until(lambda: self.db.value("SELECT count(*) FROM modelsync.daemon") == "1", message="the beat")
        daemon.kill()
        self.db.psql("UPDATE modelsync.daemon SET seen_at = seen_at - interval '3 minutes'")
        done = self.db.run("status")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"problem     no daemon is alive; the last one, \S+:%d, went silent 3m ago"
                         % daemon.pid)


class SignalTest(DaemonCase):
    def test_terminate_while_idle(self):
        daemon = self.start()
        began = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 2.0)

    def test_terminate_lets_a_run_finish(self):
        self.serve(Answer(body=catalogue(self.entries), delay=1.0))
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.wait_for_request()
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual([slot["state"] for slot in self.slots()], ["completed"])

    def check_interrupted(self, daemon, began, within):
        self.assertEqual(daemon.process.wait(30), 0)
        self.assertLess(time.monotonic() - began, within)
        self.assertEqual([(slot["state"], slot["runs"]) for slot in self.slots()],
                         [("open", ["failed interrupted"])])
        self.serve(catalogue(self.entries))
        self.start("@every 10m", SYNC_CATCH_UP="true")
        self.assertEqual(self.wait_slot("completed")["runs"], ["failed interrupted", "completed "])

    def test_terminate_interrupts_a_run_that_does_not(self):
        self.serve(HANG)
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true", SYNC_STOP_TIMEOUT=2)
        self.wait_for_request()
        began = time.monotonic()
        daemon.signal(signal.SIGTERM)
        self.check_interrupted(daemon, began, 2.5)

    def test_terminate_twice_interrupts_at_once(self):
        self.serve(HANG)
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true")
        self.wait_for_request()
        began = time.monotonic()
        daemon.signal(signal.SIGTERM)
        daemon.wait_log("event=stopping")
        daemon.signal(signal.SIGTERM)
        self.check_interrupted(daemon, began, 2.5)

    def test_stops_in_time_without_a_database(self):
        proxy = SocketProxy(self.cluster.scratch.file("cut"), self.socket())
        self.addCleanup(proxy.close)
        self.serve(HANG)
        daemon = self.start("@every 10m", arguments=("--db", self.through(proxy)),
                            SYNC_CATCH_UP="true", SYNC_STOP_TIMEOUT=2)
        self.wait_for_request()
        proxy.is_frozen = True
        began = time.monotonic()
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(time.monotonic() - began, 6)

    def test_sync_now(self):
        daemon = self.start()
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("event=run_completed run=1")
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("event=run_completed run=2")
        self.assertEqual([run["trigger"] for run in self.runs()], ["manual", "manual"])
        self.serve(HANG)
        daemon.signal(signal.SIGUSR1)
        self.wait_for_request(3)
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("event=sync_refused")


class ReloadTest(DaemonCase):
    def write(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path, 0o600)

    def setUp(self):
        super().setUp()
        self.path = self.cluster.scratch.file("daemon.conf")
        self.write('sync = { schedule = "0 0 1 1 *"; };')
        self.daemon = self.start(None, arguments=("--config", self.path))

    def environment(self, **settings):
        if settings.get("SYNC_SCHEDULE", "") is None:
            del settings["SYNC_SCHEDULE"]
        return super().environment(**settings)

    def reload(self, text):
        self.write(text)
        self.daemon.signal(signal.SIGHUP)

    def test_new_settings_count_at_once(self):
        self.reload('sync = { schedule = "@every 1s"; };\nlog = { format = "json"; };')
        self.daemon.wait_log('"event":"reloaded".*"schedule":"@every 1s"')
        self.wait_slot("completed")
        self.daemon.wait_log('"event":"run_completed"')
        self.reload('sync = { schedule = "@every 1s"; enabled = false; };')
        self.daemon.wait_log("event=reloaded .* next=never")
        ran = self.db.value("SELECT max(at) FROM modelsync.slot")
        time.sleep(1.5)
        self.assertEqual(self.db.value("SELECT max(at) FROM modelsync.slot"), ran)
        self.assertNotIn("missed", [slot["state"] for slot in self.slots()[1:]])

    def test_bad_settings_change_nothing(self):
        for text, message in (
            ('sync = { schedule = "61 * * * *"; };', "minute is 0 to 59"),
            ("sync = {", "syntax error"),
            ('sync = { timezone = "Mars"; };', "there is no time zone"),
            ('sync = { retry_attempts = 99; };', "whole numbers from 0 to 20"),
        ):
            self.reload(text)
            self.daemon.wait_log("event=not_reloaded .*" + message)
        os.unlink(self.path)
        self.daemon.signal(signal.SIGHUP)
        self.daemon.wait_log("event=not_reloaded", count=5)
        self.assertNotIn("event=reloaded", self.daemon.log())
        self.daemon.signal(signal.SIGUSR1)
        self.daemon.wait_log("event=run_completed")

    def test_waits_for_the_run(self):
        self.serve(Answer(body=catalogue(self.entries), delay=1.0))
        self.daemon.signal(signal.SIGUSR1)
        self.wait_for_request()
        self.reload('sync = { schedule = "0 5 * * *"; };')
        self.daemon.wait_log("event=reload_waits run=1")
        self.daemon.wait_log(r'(?s)event=run_completed run=1.*event=reloaded .*schedule="0 5 \* \* \*"')
        self.daemon.wait_log("event=database_connected", count=2)


class DatabaseTest(DaemonCase):
    def test_waits_for_the_database(self):
        self.cluster.control("stop")
        self.addCleanup(self.cluster.control, "start", "--fast")
        daemon = self.start("@every 10m", wait=False, SYNC_CATCH_UP="true")
        daemon.wait_log("level=error event=database_away category=unreachable")
        self.cluster.control("start", "--fast")
        daemon.wait_log("event=database_connected", timeout=15)
        self.wait_slot("completed")
        self.assertEqual(daemon.log().count("level=error"), 1, "said once")

    def test_waits_for_the_schema(self):
        db = self.db
        self.db = self.empty_database()
        daemon = self.start("@every 10m", wait=False, SYNC_CATCH_UP="true")
        daemon.wait_log("event=database_away category=migrate")
        self.db.migrate()
        daemon.wait_log("event=database_connected", timeout=15)
        self.wait_slot("completed")
        self.db = db

    def test_survives_a_restart(self):
        daemon = self.start("@every 2s")
        self.wait_slot("completed")
        self.cluster.control("stop")
        self.cluster.control("start", "--fast")
        daemon.wait_log("event=database_connected", count=2, timeout=15)
        before = self.db.value("SELECT max(at) FROM modelsync.slot WHERE state = 'completed'")
        wait_until(lambda: self.db.value(
            "SELECT max(at) FROM modelsync.slot WHERE state = 'completed'") != before, message="the next slot")

    def test_goes_over_to_another_host(self):
        target = self.socket()
        first = SocketProxy(self.cluster.scratch.file("first"), target)
        second = SocketProxy(self.cluster.scratch.file("second"), target)
        self.addCleanup(second.close)
        daemon = self.start(arguments=("--db", self.through(first, second)))
        first.close()
        daemon.wait_log("event=database_connected", count=2, timeout=15)
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("event=run_completed")


class ManagerTest(DaemonCase):
    """What systemd hears, and what it is told to run as."""

    def listen(self):
        path = self.cluster.scratch.file("notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(path)
        os.chmod(path, 0o777)
        manager.settimeout(10)
        self.addCleanup(os.unlink, path)
        self.addCleanup(manager.close)
        return manager, path

    def environment(self, **settings):
        env = super().environment(**settings)
        env.update(getattr(self, "extra", {}))
        return env

    def hear(self, manager, wanted):
        heard = []
        while not any(wanted in message for message in heard):
            heard.append(manager.recv(4096).decode())
        return heard

    def test_ready_status_watchdog_and_stopping(self):
        manager, path = self.listen()
        self.extra = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"}
        self.cluster.control("stop")
        self.addCleanup(self.cluster.control, "start", "--fast")
        began = time.monotonic()
        daemon = self.start(wait=False)
        self.hear(manager, "READY=1")
        self.assertLess(time.monotonic() - began, 1.0, "ready without a database")
        self.hear(manager, "STATUS=Waiting for the database. Next sync ")
        self.cluster.control("start", "--fast")
        self.hear(manager, "STATUS=Next sync ")
        for _ in range(3):
            self.hear(manager, "WATCHDOG=1")
        daemon.signal(signal.SIGUSR1)
        self.hear(manager, "STATUS=Run 1: fetch")
        self.hear(manager, "last: run 1 completed")
        daemon.signal(signal.SIGHUP)
        self.hear(manager, "RELOADING=1\nMONOTONIC_USEC=")
        self.hear(manager, "READY=1")
        self.assertEqual(daemon.stop(), 0)
        self.hear(manager, "STOPPING=1")

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_root_becomes_the_account_of_the_settings(self):
        daemon = self.start(wait=False, DAEMON_USER="nobody")
        daemon.wait_log("event=started")
        with open("/proc/%d/status" % daemon.pid, encoding="ascii") as file:
            status = file.read()
        self.assertRegex(status, r"Uid:\t65534\t65534\t65534\t65534\n")
        self.assertRegex(status, r"Umask:\t0077\n")
        self.assertNotRegex(status, r"(?m)^Groups:.*\b0\b")
        self.assertNotIn("runs_as_root", daemon.log())
        wrong = self.start(wait=False, DAEMON_USER="no-such-account")
        self.assertEqual(wrong.process.wait(10), 2)
        self.assertIn('there is no account "no-such-account"', wrong.log())


class RightsTest(DaemonCase):
    def as_role(self, role):
        return "--db", "%s options='-c role=%s'" % (self.db.conninfo, role)

    def test_a_service_is_enough(self):
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true", arguments=self.as_role("modelsync_service"))
        self.wait_slot("completed")
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.daemon"), "1")
        self.assertEqual(daemon.stop(), 0)
        self.assertEqual(self.db.value("SELECT count(*) FROM modelsync.daemon"), "0")

    def test_a_viewer_is_refused_and_does_not_ask_on_and_on(self):
        daemon = self.start("@every 10m", SYNC_CATCH_UP="true", arguments=self.as_role("modelsync_viewer"))
        daemon.wait_log("event=not_listed .*needs the role service")
        daemon.wait_log("event=slot_not_claimed .* category=refused .*needs the role service")
        self.assertEqual(daemon.stop(), 0)
        self.assertLess(int(self.db.value("SELECT count(*) FROM modelsync.audit WHERE outcome = 'refused'")), 6)
        self.assertEqual(self.slots(), [])


class LogTest(DaemonCase):
    def test_json(self):
        daemon = self.start(LOG_FORMAT="json")
        daemon.signal(signal.SIGUSR1)
        daemon.wait_log("run_completed")
        self.assertEqual(daemon.stop(), 0)
        events = [json.loads(line) for line in daemon.log().splitlines()]
        self.assertTrue({"started", "database_connected", "run_started", "run_completed", "stopping", "stopped"}
                        <= {event["event"] for event in events})
        self.assertEqual([event["run"] for event in events if event["event"] == "run_completed"], [1])

    def test_no_secret_is_logged(self):
        secret = "hidden-from-all"
        path = self.cluster.scratch.file("secret.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write('upstream = { api_key = "%s"; proxy = "http://me:%s@127.0.0.1:9"; };\n' % (secret, secret))
        os.chmod(path, 0o600)
        conninfo = "%s password=%s" % (self.db.conninfo, secret)
        daemon = self.start("@every 1s", arguments=("--db", conninfo, "--config", path), LOG_LEVEL="debug",
                            UPSTREAM_URL="http://me:%s@127.0.0.1:9/models" % secret, UPSTREAM_RETRIES=0)
        daemon.wait_log("event=run_failed")
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("event=reloaded")
        with open("/proc/%d/cmdline" % daemon.pid, encoding="utf-8") as file:
            self.assertNotIn(secret, file.read())
        self.assertEqual(daemon.stop(), 0)
        self.assertNotIn(secret, daemon.log())
        self.assertNotIn(secret, self.db.value("SELECT json_agg(r) FROM modelsync.run r"))
        elsewhere = self.start(wait=False, arguments=("--db", "postgresql://u:%s@127.0.0.1:1/x" % secret))
        elsewhere.wait_log("event=database_away")
        self.assertNotIn(secret, elsewhere.log())


if __name__ == "__main__":
    unittest.main()
