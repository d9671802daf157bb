"""The system that ./saga test --compose has built images for: started once, broken in many ways, judged by the checker."""

import contextlib
import datetime
import json
import os
import pathlib
import re
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAGADS = ("sagad-a", "sagad-b")
PARTICIPANTS = {"orders": "shop.order.v1.Orders", "inventory": "shop.stock.v1.Inventory",
                "payments": "shop.pay.v1.Payments", "shipping": "shop.ship.v1.Shipping"}
SERVICES = ("postgres", "kafka", *PARTICIPANTS, *SAGADS)
SAGAD_DATABASE = "host=postgres user=sagad password=sagad dbname=sagad"
SHOP_DATABASE = "host=postgres user=demo password=demo dbname=demo"
SETTLE_SECONDS = 240
POLL_SECONDS = 0.2


class Failed(AssertionError):
    """Something of the system is not as it must be."""


def require(condition, *what):
    if not condition:
        raise Failed(" ".join(str(part) for part in what))


def fired(text):
    """Each fault says that it really happened, and how that was seen."""
    print(f"    fired: {text}", flush=True)


def wait_until(what, seconds, condition):
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        require(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(POLL_SECONDS)


class System:
    def __init__(self):
        self.project = os.environ["SAGA_COMPOSE_PROJECT"]
        self.results = pathlib.Path(os.environ["SAGA_COMPOSE_RESULTS"])
        self.program = os.environ["SAGA_COMPOSE"].split()
        self.files = [word for name in os.environ["SAGA_COMPOSE_FILES"].split(":") for word in ("-f", name)]
        self.network = f"{self.project}_default"
        self.driver = f"{self.project}-driver"
        self.server_image = f"sagad-server:{os.environ['SAGA_TAG']}"
        self.tester_image = f"sagad-tester:{os.environ['SAGA_TAG']}"
        self.loads = 0

    # --- commands

    def run(self, *command, timeout=300, stdin=None):
        return subprocess.run(command, text=True, timeout=timeout, check=False, input=stdin or "",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def must(self, *command, **options):
        done = self.run(*command, **options)
        require(done.returncode == 0, *command, f"ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def compose(self, *arguments, timeout=300):
        return self.must(*self.program, "-p", self.project, *self.files, *arguments, timeout=timeout)

    def docker(self, *arguments, **options):
        return self.must("docker", *arguments, **options).strip()

    def inside(self, *command, **options):
        """In the driver: a container of the same network, that no fault touches."""
        return self.run("docker", "exec", "-i", self.driver, *command, **options)

    def sagactl(self, *arguments, stdin=None):
        done = self.inside("sagactl", "--server", "sagad:7070", "--no-input", *arguments, stdin=stdin)
        require(done.returncode == 0, "sagactl", *arguments, f"ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    # --- containers

    def container(self, service):
        name = self.docker("ps", "-aq", "--filter", f"label=com.docker.compose.project={self.project}", "--filter",
                           f"label=com.docker.compose.service={service}", "--filter",
                           "label=com.docker.compose.oneoff=False")
        require(name and "\n" not in name, f"one container of {service} expected, not {name!r}")
        return name

    def inspect(self, service):
        return json.loads(self.docker("inspect", self.container(service)))[0]

    def state(self, service):
        return self.inspect(service)["State"]

    def address(self, service):
        return self.inspect(service)["NetworkSettings"]["Networks"][self.network]["IPAddress"]

    def is_healthy(self, service):
        state = self.state(service)
        return state["Status"] == "running" and state.get("Health", {}).get("Status") == "healthy"

    def wait_healthy(self, *services, seconds=120):
        for service in services or SERVICES:
            wait_until(f"{service} is healthy", seconds, lambda name=service: self.is_healthy(name))

    # --- start and end

    def start(self):
        self.compose("down", "--volumes", "--remove-orphans")
        self.compose("up", "-d", "--no-build")
        self.wait_healthy()
        self.compose("run", "-d", "--no-deps", "--name", self.driver, "test", "sleep", "infinity")
        for name, service in PARTICIPANTS.items():
            self.sagactl("participants", "register", name, f"{name}:9000", "--service", service)
        definition = (ROOT / "deploy" / "demo" / "checkout.yaml").read_text()
        # Nobody is here to retry what an outage has used up: undos and the pivot try on.
        patient, changes = re.subn(r"attempts: (8|12)\b", "attempts: unlimited", definition)
        require(changes == 2, "checkout.yaml has other retries than this test knows")
        self.sagactl("definitions", "register", "-", "--activate", stdin=patient)

    def now(self):
        return datetime.datetime.now(datetime.timezone.utc).isoformat()

    def logs(self, service, since=None, last=None):
        options = (["--since", since] if since else []) + (["--tail", str(last)] if last else [])
        return self.run("docker", "logs", *options, self.container(service)).stdout

    def keep_evidence(self, name):
        """What a person wants to see after a failure."""
        folder = self.results / name
        folder.mkdir(parents=True, exist_ok=True)
        for service in (*SERVICES, "migrate"):
            with contextlib.suppress(Exception):
                (folder / f"{service}.log").write_text(self.logs(service))
        for what, command in {"containers": ("docker", "ps", "-a")}.items():
            (folder / what).write_text(self.run(*command).stdout)
        for what, command in {"stuck": ("stuck",), "status": ("server", "status"),
                              "running": ("list", "--state", "running", "-o", "json"),
                              "compensating": ("list", "--state", "compensating", "-o", "json")}.items():
            with contextlib.suppress(Exception):
                (folder / what).write_text(self.inside("sagactl", "--server", "sagad:7070", *command, timeout=30).stdout)

    # --- sagad

    def status(self, node="sagad"):
        done = self.inside("sagactl", "--server", f"{node}:7070", "--timeout", "2s", "server", "status", "-o", "json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def owner(self, node="sagad"):
        """Who holds all shards, as `node` sees it; None while nobody does."""
        status = self.status(node)
        holders = {shard.get("node", "") for shard in (status or {}).get("shards", [])}
        return holders.pop() if len(holders) == 1 and holders != {""} else None

    def wait_owner(self, *, asking="sagad", other_than=None, seconds=30):
        def found():
            owner = self.owner(asking)
            return owner if owner and owner != other_than else None
        return wait_until(f"an owner other than {other_than}", seconds, found)

    # --- sagas

    @contextlib.contextmanager
    def load(self, sagas=300, rate=50, server="sagad", mix=("--declined", "0.1", "--out-of-stock", "0.05")):
        """Checkouts while the body breaks something; afterwards all were acknowledged and have ended."""
        self.loads += 1
        load = Load(self, f"load{self.loads}", sagas)
        load.start(server, rate, mix)
        try:
            wait_until("the load has begun", 60, lambda: load.acknowledged() >= min(20, sagas))
            yield load
        finally:
            output = load.finish()
        print("    " + output.strip().replace("\n", "\n    "), flush=True)
        require(f"{sagas} acknowledged, 0 refused" in output, output)
        require(" 0 wait for a person, 0 unfinished" in output, output)

    def check(self):
        done = self.checker()
        require(done.returncode == 0, done.stdout)
        print("    checker: " + done.stdout.strip().splitlines()[-1], flush=True)

    def checker(self, wait=90):
        return self.inside("sh", "-c", f"cat /tmp/*.acknowledged >/tmp/all 2>/dev/null; exec saga-demo-check --sagad-database '{SAGAD_DATABASE}' "
                           f"--database '{SHOP_DATABASE}' --brokers kafka:9092 --acknowledged /tmp/all --wait {wait}")

    def sql(self, database, statement):
        return self.must("docker", "exec", self.driver, "psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", database, "-c", statement).strip()

    def set_faults(self, words, *services):
        for service in services or PARTICIPANTS:
            self.docker("exec", self.container(service), "sh", "-c",
                        f"echo '{words}' >/faults/{service}.new && mv /faults/{service}.new /faults/{service}")

    def attempts(self, code):
        """Calls that ended with this code, over both nodes since they started."""
        total = 0
        for node in SAGADS:
            done = self.inside("python3", "-c", "import urllib.request as r,sys;"
                               "print(r.urlopen(sys.argv[1],timeout=5).read().decode())", f"http://{node}:8089/metrics")
            for line in done.stdout.splitlines():
                if line.startswith("sagad_step_attempts_total{") and f'code="{code}"' in line:
                    total += float(line.split()[-1])
        return int(total)


class Load:
    def __init__(self, system, name, sagas):
        self.system, self.name, self.sagas = system, name, sagas
        self.process = None

    def start(self, server, rate, mix):
        self.process = subprocess.Popen(
            ["docker", "exec", self.system.driver, "saga-demo-load", "--server", f"{server}:7070", "--sagas", str(self.sagas),
             "--rate", str(rate), "--prefix", self.name, "--concurrency", "32", "--seed", str(self.system.loads),
             "--acknowledged", f"/tmp/{self.name}.acknowledged", "--wait", str(SETTLE_SECONDS), *mix],
            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def acknowledged(self):
        done = self.system.inside("sh", "-c", f"cat /tmp/{self.name}.acknowledged 2>/dev/null | wc -l")
        return int(done.stdout.strip() or 0)

    def require_running(self):
        """A fault that comes after the last start has tested nothing."""
        done = self.acknowledged()
        require(done < self.sagas, f"the load was over ({done}) before the fault")
        return f"{done} of {self.sagas} sagas started"

    def finish(self):
        try:
            return self.process.communicate(timeout=SETTLE_SECONDS + 180)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "the load did not end\n" + self.process.communicate()[0]
