"""./saga as a new user meets it: up, the tour as printed, a second up, a killed server, down."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
UP_SECONDS_MAX = 300
SETTLE_SECONDS_MAX = 60


class SagaUpTest(unittest.TestCase):
    """One run after another in one state folder; the names give the order."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sagaup-", dir="/tmp"))
        # PostgreSQL's user must be able to enter it.
        cls.folder.chmod(0o755)
        cls.state = cls.folder / "state"
        cls.environment = dict(os.environ, SAGA_STATE=str(cls.state), NO_COLOR="1")
        # Somebody else has the server's usual port: it takes another one.
        cls.busy = socket.socket()
        cls.port_is_held = True
        try:
            cls.busy.bind(("127.0.0.1", 7070))
            cls.busy.listen()
        except OSError:
            cls.port_is_held = False  # By somebody else, who may let go of it at any time.

    @classmethod
    def tearDownClass(cls):
        cls.busy.close()
        cls.saga("down", "--wipe")
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def run_shell(cls, line, cwd="/"):
        return subprocess.run(
            ["bash", "-c", line], cwd=cwd, env=cls.environment, text=True, timeout=UP_SECONDS_MAX, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @classmethod
    def saga(cls, *arguments):
        # From another folder: everything must work from anywhere.
        return cls.run_shell(" ".join([str(ROOT / "saga"), *arguments]))

    def sagactl(self, arguments):
        return self.run_shell(f"{ROOT}/sagactl {arguments}")

    def pid_of(self, name):
        return int((self.state / "run" / f"{name}.pid").read_text().split()[0])

    def wait_for_state(self, saga, state):
        end = time.monotonic() + SETTLE_SECONDS_MAX
        while time.monotonic() < end:
            shown = self.sagactl(f"list --state {state} --all -o jsonl").stdout
            if saga in shown:
                return
            time.sleep(0.2)
        self.fail(f"{saga} is not {state}: {self.sagactl('show ' + saga).stdout}")

    def test_1_up_runs_the_sagas_and_prints_a_tour_that_works(self):
        up = self.saga("up", "--no-install")
        self.assertEqual(up.returncode, 0, up.stdout)
        self.assertIn("20 sagas started: 17 succeeded, 2 compensated, 1 stuck (on purpose)", up.stdout)
        if self.port_is_held:
            self.assertNotIn("127.0.0.1:7070 ", up.stdout)

        tour = re.findall(r"^  \d  (.*?)   +\S", up.stdout, re.MULTILINE)
        self.assertEqual(len(tour), 4, up.stdout)
        found = self.run_shell(tour[0])
        self.assertIn("STOCKTAKE", found.stdout)
        for line in tour[1:3]:
            done = self.run_shell(line)
            self.assertEqual(done.returncode, 0, f"{line}\n{done.stdout}")
        self.wait_for_state("ord-1007", "COMPENSATED")
        shown = self.run_shell(tour[3])
        self.assertEqual(shown.returncode, 0, shown.stdout)
        self.assertIn("reserve_stock", shown.stdout)
        self.assertNotIn("ord-1007", self.run_shell(tour[0]).stdout)

    def test_2_status_names_what_runs(self):
        status = self.saga("status").stdout
        self.assertEqual(len(re.findall(r"^\w+ +up ", status, re.MULTILINE)), 7, status)

    def test_3_second_up_goes_on_with_what_is_there(self):
        before = self.pid_of("sagad")
        up = self.saga("up", "--no-install")
        self.assertEqual(up.returncode, 0, up.stdout)
        self.assertIn("as before: 17 succeeded, 3 compensated, 0 stuck", up.stdout)
        self.assertEqual(self.pid_of("sagad"), before)

    def test_4_up_starts_a_killed_server_again_with_its_sagas(self):
        os.kill(self.pid_of("sagad"), signal.SIGKILL)
        self.assertRegex(self.saga("status").stdout, r"sagad +down")
        up = self.saga("up", "--no-install")
        self.assertEqual(up.returncode, 0, up.stdout)
        self.assertIn("as before: 17 succeeded, 3 compensated, 0 stuck", up.stdout)

    def test_5_wrong_arguments_are_named(self):
        for line, word in (("bogus", "bogus"), ("up --bogus", "--bogus"), ("chaos inventory bogus", "bogus"),
                           ("chaos bogus up", "bogus"), ("up --kafka nonsense", "nonsense"), ("logs bogus", "bogus")):
            wrong = self.saga(line)
            self.assertEqual(wrong.returncode, 2, f"{line}\n{wrong.stdout}")
            self.assertIn(word, wrong.stdout)

    def test_6_a_broker_that_is_not_there_is_said(self):
        refused = self.saga("up --no-install --kafka 127.0.0.1:1")
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("no Kafka broker answers at 127.0.0.1:1", refused.stdout)

    def test_7_down_leaves_no_process_and_wipe_no_data(self):
        pids = [self.pid_of(name) for name in ("sagad", "orders", "inventory", "payments", "shipping", "postgres")]
        down = self.saga("down", "--wipe")
        self.assertEqual(down.returncode, 0, down.stdout)
        for pid in pids:
            self.assertFalse(self.is_alive(pid), f"{pid} of {down.stdout}")
        self.assertFalse(self.state.exists())

    @staticmethod
    def is_alive(pid):
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] not in "ZX"


if __name__ == "__main__":
    unittest.main(failfast=True)
