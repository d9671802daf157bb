"""Checkouts with faults in every participant, while sagad is killed, PostgreSQL restarted and Kafka stopped; then the checker.

SAGA_CRASH_SAGAS, SAGA_CRASH_KILLS and SAGA_CRASH_KAFKA_SECONDS make the run longer than the suite has time for:
    SAGA_CRASH_SAGAS=2000 SAGA_CRASH_KILLS=20 SAGA_CRASH_KAFKA_SECONDS=30 python3 tests/integration/system/crash_test.py
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
BIN = ROOT / "build" / "release" / "bin"
SAGAS = int(os.environ.get("SAGA_CRASH_SAGAS", "400"))
KILLS = int(os.environ.get("SAGA_CRASH_KILLS", "6"))
KAFKA_SECONDS = int(os.environ.get("SAGA_CRASH_KAFKA_SECONDS", "5"))
POSTGRES_RESTARTS = 2
FAULTS = "timeout_did=0.05 timeout_did_not=0.05 reject=0.10 hang_ms=3000"
SETTLE_SECONDS = 420


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class CrashTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sagacrash-", dir="/tmp"))
        cls.folder.chmod(0o755)  # PostgreSQL's user must be able to enter it.
        cls.state = cls.folder / "state"
        cls.environment = dict(os.environ, SAGA_STATE=str(cls.state), NO_COLOR="1")
        cls.kafka_folder = cls.folder / "kafka"
        cls.kafka_port = free_port()
        cls.own_kafka = os.environ.get("SAGA_TEST_KAFKA", "") == ""
        cls.kafka = f"127.0.0.1:{cls.kafka_port}"
        if cls.own_kafka:
            cls.broker("start")
        elif os.environ["SAGA_TEST_KAFKA"] != "none":
            cls.kafka = os.environ["SAGA_TEST_KAFKA"]
        else:
            raise unittest.SkipTest("--without-kafka: the events of a crash need a real broker")
        cls.up()

    @classmethod
    def tearDownClass(cls):
        cls.shell(str(ROOT / "saga"), "down", "--wipe")
        if cls.own_kafka:
            cls.broker("stop")
        if not cls._outcome_failed():
            shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def _outcome_failed(cls):
        return getattr(cls, "failed", True)

    @classmethod
    def shell(cls, *command, timeout=300):
        return subprocess.run(command, cwd="/", env=cls.environment, text=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @classmethod
    def broker(cls, action):
        command = [str(ROOT / "deploy" / "kafka" / "broker.sh"), action, str(cls.kafka_folder)]
        done = cls.shell(*command, *([str(cls.kafka_port)] if action == "start" else []))
        if done.returncode != 0:
            raise RuntimeError(f"broker {action}: {done.stdout}")

    @classmethod
    def up(cls):
        done = cls.shell(str(ROOT / "saga"), "up", "--no-install", "--kafka", cls.kafka)
        if done.returncode != 0:
            raise RuntimeError(done.stdout)

    def pid_of(self, name):
        return int((self.state / "run" / f"{name}.pid").read_text().split()[0])

    def profile(self, key):
        for line in (self.state / "profile").read_text().splitlines():
            name, _, value = line.partition("=")
            if name.strip() == key:
                return value.strip()
        return self.fail(f"no {key} in the profile")

    def conninfo(self, database):
        for line in (self.state / "sagad.yaml").read_text().splitlines():
            if line.strip().startswith("url:"):
                return line.split(":", 1)[1].strip().replace("dbname=sagad", f"dbname={database}")
        return self.fail("no store.url in sagad.yaml")

    def set_faults(self, faults):
        for service in ("orders", "inventory", "payments", "shipping"):
            (self.state / "faults" / service).write_text(faults + "\n")

    def wait_ready(self):
        ops = int(self.profile("port.ops"))
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", ops), timeout=1) as client:
                    client.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
                    if b" 200 " in client.recv(200):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        self.fail("sagad is not ready again")

    # kill -9, and the same binary again on the same configuration, at once.
    def kill_server(self):
        os.kill(self.pid_of("sagad"), signal.SIGKILL)
        self.up()
        self.wait_ready()

    def test_nothing_is_lost_or_done_twice(self):
        type(self).failed = True
        acknowledged = self.folder / "acknowledged"
        self.set_faults(FAULTS)
        with open(self.folder / "load.log", "w", encoding="utf-8") as log:
            load = subprocess.Popen(
                # So slowly that starts meet every kill.
                [str(BIN / "saga-demo-load"), "--server", f"127.0.0.1:{self.profile('port.api')}", "--sagas", str(SAGAS),
                 "--prefix", "crash", "--rate", str(max(1, SAGAS // (KILLS * 5))), "--acknowledged", str(acknowledged), "--wait", str(SETTLE_SECONDS)],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        restarts = kafka_stops = kills = 0
        for round_number in range(KILLS):
            time.sleep(1.0)
            if round_number * POSTGRES_RESTARTS // KILLS >= restarts and round_number % 2 == 1 and restarts < POSTGRES_RESTARTS:
                os.kill(self.pid_of("postgres"), signal.SIGINT)
                restarts += 1
                time.sleep(1.0)
                self.up()
            if round_number == KILLS // 2 and self.own_kafka:
                self.broker("stop")
                time.sleep(KAFKA_SECONDS)
                self.broker("start")
                kafka_stops += 1
            self.kill_server()
            kills += 1
        self.assertEqual((kills, restarts), (KILLS, POSTGRES_RESTARTS))
        self.set_faults("up")
        load.wait(timeout=SETTLE_SECONDS + 60)
        loaded = (self.folder / "load.log").read_text()
        print(loaded, f"kills {kills}, PostgreSQL restarts {restarts}, Kafka stops {kafka_stops}", sep="")
        checked = self.shell(str(BIN / "saga-demo-check"), "--sagad-database", self.conninfo("sagad"), "--database",
                             self.conninfo("demo"), "--brokers", self.kafka, "--acknowledged", str(acknowledged),
                             "--wait", "120")
        print(checked.stdout)
        self.assertEqual(checked.returncode, 0, checked.stdout)
        self.assertIn(f"{SAGAS} acknowledged", loaded)
        type(self).failed = False


if __name__ == "__main__":
    unittest.main(verbosity=2)
