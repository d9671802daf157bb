"""A whole system for one test program: ./saga up in a state folder of its own, on a real Kafka where a test asks for it."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
BIN = ROOT / "build" / "release" / "bin"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SystemTest(unittest.TestCase):
    # A subclass that reads events over a restart of the broker needs a real one.
    real_kafka = False

    @classmethod
    def setUpClass(cls):
        cls.failed = True
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sagasys-", dir="/tmp"))
        cls.folder.chmod(0o755)  # PostgreSQL's user must be able to enter it.
        cls.state = cls.folder / "state"
        cls.environment = dict(os.environ, SAGA_STATE=str(cls.state), NO_COLOR="1")
        given = os.environ.get("SAGA_TEST_KAFKA", "")
        cls.kafka_folder = cls.folder / "kafka"
        cls.kafka_port = free_port()
        cls.own_kafka = cls.real_kafka and given == ""
        cls.kafka = f"127.0.0.1:{cls.kafka_port}" if cls.own_kafka else given
        if cls.real_kafka and given == "none":
            shutil.rmtree(cls.folder, ignore_errors=True)
            raise unittest.SkipTest("--without-kafka: this test needs a real broker")
        if cls.own_kafka:
            cls.broker("start")
        cls.up()

    @classmethod
    def tearDownClass(cls):
        cls.shell(str(ROOT / "saga"), "down", "--wipe")
        if cls.own_kafka:
            cls.broker("stop")
        if not cls.failed:
            shutil.rmtree(cls.folder, ignore_errors=True)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        # What a failed test leaves is kept for whoever looks into it.
        type(self).failed = len(result.failures) + len(result.errors) > before

    @classmethod
    def shell(cls, *command, timeout=300):
        return subprocess.run(command, cwd="/", env=cls.environment, text=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def must(self, *command):
        done = self.shell(*command)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    @classmethod
    def broker(cls, action):
        command = [str(ROOT / "deploy" / "kafka" / "broker.sh"), action, str(cls.kafka_folder)]
        done = cls.shell(*command, *([str(cls.kafka_port)] if action == "start" else []))
        if done.returncode != 0:
            raise RuntimeError(f"broker {action}: {done.stdout}")

    @classmethod
    def up(cls):
        kafka = ["--kafka", cls.kafka] if cls.real_kafka else []
        done = cls.shell(str(ROOT / "saga"), "up", "--no-install", *kafka)
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
