"""Eight database connections carry two thousand sagas in flight against participants that take five seconds."""

import re
import subprocess
import time
import unittest

from system_fixture import BIN, ROOT, SystemTest

SAGAS = 2000
DELAY_MS = 5000
CONNECTIONS_MAX = 8


class InFlightTest(SystemTest):
    def sessions(self):
        query = ("SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in%') FROM pg_stat_activity "
                 "WHERE application_name = 'sagad'")
        done = self.shell("psql", "-X", "-A", "-t", "-d", self.conninfo("sagad"), "-c", query)
        self.assertEqual(done.returncode, 0, done.stdout)
        return tuple(int(number) for number in done.stdout.strip().split("|"))

    def test_few_connections_carry_many_sagas(self):
        # The same checkout with patience for slow participants, which may take all at once.
        source = (ROOT / "deploy" / "demo" / "checkout.yaml").read_text()
        patient = re.sub(r"timeout: \d+m?s", "timeout: 60s", source).replace("deadline: 2m", "deadline: 20m")
        definition = self.folder / "patient.yaml"
        definition.write_text(patient.replace("saga: checkout", "saga: patient-checkout"))
        for name in ("orders", "inventory", "payments", "shipping"):
            self.must(str(ROOT / "sagactl"), "participants", "register", name,
                      f"127.0.0.1:{self.profile('port.' + name)}", "--max-in-flight", str(SAGAS))
        self.must(str(ROOT / "sagactl"), "definitions", "register", str(definition), "--activate")
        self.set_faults(f"delay_ms={DELAY_MS}")
        with open(self.folder / "load.log", "w", encoding="utf-8") as log:
            load = subprocess.Popen(
                [str(BIN / "saga-demo-load"), "--server", f"127.0.0.1:{self.profile('port.api')}", "--sagas",
                 str(SAGAS), "--definition", "patient-checkout", "--concurrency", "256", "--prefix", "slow",
                 "--wait", "400"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        most_sessions = most_idle = most_in_flight = 0
        while load.poll() is None:
            sessions, idle = self.sessions()
            listed = self.shell(str(ROOT / "sagactl"), "list", "--filter", 'definition="patient-checkout" AND state=RUNNING',
                                "--limit", "1")
            found = re.search(r"of ([\d,]+)", listed.stdout)
            most_in_flight = max(most_in_flight, int(found.group(1).replace(",", "")) if found else 0)
            most_sessions = max(most_sessions, sessions)
            most_idle = max(most_idle, idle)
            time.sleep(0.3)
        loaded = (self.folder / "load.log").read_text()
        print(loaded, f"most in flight {most_in_flight}, database sessions {most_sessions}, idle in transaction {most_idle}", sep="")
        self.assertIn(f"{SAGAS} succeeded", loaded)
        self.assertGreaterEqual(most_in_flight, SAGAS * 0.9)
        self.assertLessEqual(most_sessions, CONNECTIONS_MAX)
        self.assertEqual(most_idle, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
