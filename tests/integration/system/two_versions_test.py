"""Two versions of the payments API serve one definition at once, and every cent is where it belongs."""

import re
import subprocess
import time
import unittest
import urllib.request

from system_fixture import BIN, ROOT, SystemTest, free_port

SAGAS = 600


class TwoVersionsTest(SystemTest):
    def setUp(self):
        self.port = free_port()
        log = open(self.folder / "payments-v2.log", "w", encoding="utf-8")
        self.payments = subprocess.Popen(
            [str(BIN / "saga-demo-participant"), "--service", "payments-v2", "--listen", f"127.0.0.1:{self.port}",
             "--database", self.conninfo("demo")],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        log.close()
        self.addCleanup(self.stop_payments)
        end = time.monotonic() + 30
        while self.shell(str(BIN / "saga-demo-participant"), "probe", f"127.0.0.1:{self.port}").returncode != 0:
            self.assertLess(time.monotonic(), end, "payments-v2 does not serve")
            time.sleep(0.1)

    def stop_payments(self):
        self.payments.terminate()
        self.payments.wait()

    def sagactl(self, *arguments):
        return self.must(str(ROOT / "sagactl"), *arguments)

    def share(self, percent):
        return self.sagactl("participants", "register", "payments-v2", f"127.0.0.1:{self.port}", "--adapter",
                            str(ROOT / "deploy" / "demo" / "adapters" / "payments-v2.yaml"), "--stands-in-for", "payments",
                            "--share", str(percent))

    def kill_server(self):
        pid = self.pid_of("sagad")
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
        self.up()

    def count(self, method):
        """Calls of a method that the present sagad made and got answered."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.profile('port.ops')}/metrics", timeout=10) as answer:
            metrics = answer.read().decode()
        found = re.findall(r'^rpc_client_call_duration_seconds_count\{[^}]*rpc_method="' + re.escape(method) + r'"[^}]*\} (\d+)',
                           metrics, re.MULTILINE)
        return sum(int(number) for number in found)

    def test_one_definition_runs_at_both(self):
        self.must(str(ROOT / "saga"), "chaos", "inventory", "up")
        self.sagactl("retry", "ord-1007", "--reason", "stock counted")
        self.share(50)
        acknowledged = self.folder / "acknowledged"
        with open(self.folder / "load.log", "w", encoding="utf-8") as log:
            load = subprocess.Popen(
                [str(BIN / "saga-demo-load"), "--server", f"127.0.0.1:{self.profile('port.api')}", "--sagas", str(SAGAS),
                 "--rate", "60", "--prefix", "both", "--declined", "0.15", "--out-of-stock", "0.1", "--unknown-customer", "0.05",
                 "--acknowledged", str(acknowledged), "--wait", "120"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        time.sleep(3)
        at_first, at_second = self.count("shop.pay.v1.Payments/Authorize"), self.count("shop.pay.v2.CardHolds/Place")
        self.kill_server()
        time.sleep(1)
        self.share(100)  # Sagas in flight move.
        load.wait(timeout=200)
        loaded = (self.folder / "load.log").read_text()
        print(f"at version 1: {at_first}, at version 2: {at_second} before the kill\n{loaded}", end="")
        self.assertEqual(load.returncode, 0, loaded)
        self.assertGreater(at_first, 10)
        self.assertGreater(at_second, 10)
        self.assertIn("0 wait for a person, 0 unfinished", loaded)
        self.assertGreater(int(re.search(r"(\d+) compensated", loaded).group(1)), SAGAS * 0.15)
        checked = self.must(str(BIN / "saga-demo-check"), "--sagad-database", self.conninfo("sagad"), "--database",
                            self.conninfo("demo"), "--acknowledged", str(acknowledged))
        print(checked, end="")


if __name__ == "__main__":
    unittest.main(verbosity=2)
