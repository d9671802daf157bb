"""Checkouts with faults in every participant, while sagad is killed, PostgreSQL restarted and Kafka stopped; then the checker.

SAGA_CRASH_SAGAS, SAGA_CRASH_KILLS and SAGA_CRASH_KAFKA_SECONDS make the run longer than the suite has time for:
    SAGA_CRASH_SAGAS=2000 SAGA_CRASH_KILLS=20 SAGA_CRASH_KAFKA_SECONDS=30 python3 tests/integration/system/crash_test.py
"""

import os
import signal
import subprocess
import time
import unittest

from system_fixture import BIN, SystemTest

SAGAS = int(os.environ.get("SAGA_CRASH_SAGAS", "400"))
KILLS = int(os.environ.get("SAGA_CRASH_KILLS", "6"))
KAFKA_SECONDS = int(os.environ.get("SAGA_CRASH_KAFKA_SECONDS", "5"))
POSTGRES_RESTARTS = 2
FAULTS = "timeout_did=0.05 timeout_did_not=0.05 reject=0.10 hang_ms=3000"
SETTLE_SECONDS = 420


class CrashTest(SystemTest):
    real_kafka = True

    # kill -9, and the same binary again on the same configuration, at once.
    def kill_server(self):
        os.kill(self.pid_of("sagad"), signal.SIGKILL)
        self.up()
        self.wait_ready()

    def test_nothing_is_lost_or_done_twice(self):
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
