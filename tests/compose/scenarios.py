"""What happens to the system. Each scenario is followed by the same checker over everything that was ever started."""

import contextlib
import os
import time

from system import PARTICIPANTS, ROOT, SAGADS, SHOP_DATABASE, System, fired, require, wait_until

LEASE_SECONDS = 5
TAKE_OVER_SECONDS = LEASE_SECONDS + 2
# What a look from outside costs: docker exec and sagactl.
LOOK_SECONDS = 2


def other_than(node):
    return SAGADS[1] if node == SAGADS[0] else SAGADS[0]


def checkouts(system):
    """Happy, rejected, timed out though it happened, timed out and it did not happen: a thousand in one run."""
    before = system.attempts("DEADLINE_EXCEEDED")
    system.set_faults("timeout_did=0.02 timeout_did_not=0.02 hang_ms=3000")
    with system.load(1000, rate=100):
        pass
    system.set_faults("up")
    timeouts = system.attempts("DEADLINE_EXCEEDED") - before
    require(timeouts >= 50, f"only {timeouts} calls timed out")
    fired(f"{timeouts} calls timed out")
    did = int(system.sql(SHOP_DATABASE, "SELECT count(*) FROM payments.authorizations"))
    require(did >= 800, f"only {did} authorizations")


def checker_can_fail(system):
    """A cent that comes from nowhere, and a start that was acknowledged and is not there, are seen."""
    system.check()
    cent = "UPDATE payments.accounts SET balance = balance {} WHERE customer_id = 'cust-1'"
    lost = "/tmp/planted.acknowledged"
    plants = (
        ("one cent too many", "money is conserved", lambda: system.sql(SHOP_DATABASE, cent.format("+ 1")),
         lambda: system.sql(SHOP_DATABASE, cent.format("- 1"))),
        ("a lost start", "every acknowledged start exists", lambda: system.inside("sh", "-c", f"echo nobody-1 >{lost}"),
         lambda: system.inside("rm", lost)),
    )
    for what, invariant, plant, mend in plants:
        plant()
        seen = system.checker(wait=0)
        mend()
        broken = [line for line in seen.stdout.splitlines() if invariant in line and not line.startswith("ok")]
        require(seen.returncode == 1 and broken, f"the checker did not see {what}:\n{seen.stdout}")
        fired(f"planted {what}; the checker said: {broken[0]}")


# --- kill -9

def kill(system, service, load):
    before = system.state(service)
    system.docker("kill", "-s", "KILL", system.container(service))
    state = wait_until(f"{service} is dead", 10, lambda: (lambda s: s if s["Status"] == "exited" else None)(system.state(service)))
    require(state["ExitCode"] == 137, f"{service} ended with {state['ExitCode']}")
    return f"{service} killed (exit 137, pid {before['Pid']}) with {load.require_running()}"


def start_again(system, service):
    system.docker("start", system.container(service))
    system.wait_healthy(service)


def kill_owner(system):
    owner = system.wait_owner()
    survivor = other_than(owner)
    with system.load(400, server=survivor) as load:
        text = kill(system, owner, load)
        began = time.monotonic()
        system.wait_owner(asking=survivor, other_than=owner, seconds=TAKE_OVER_SECONDS + LOOK_SECONDS)
        fired(f"{text}; {survivor} owns after {time.monotonic() - began:.1f} s")
        start_again(system, owner)


def kill_standby(system):
    owner = system.wait_owner()
    standby = other_than(owner)
    with system.load(300, server=owner) as load:
        fired(kill(system, standby, load))
        start_again(system, standby)
    require(system.owner() == owner, "the death of the standby moved the shards")


def kill_service(service, outage_seconds):
    def run(system):
        with system.load(300) as load:
            text = kill(system, service, load)
            time.sleep(outage_seconds)
            start_again(system, service)
            fired(f"{text}; down for {outage_seconds} s")
        system.wait_healthy()
    return run


# --- pause

def pause_owner(system):
    owner = system.wait_owner()
    survivor = other_than(owner)
    with system.load(500, server=survivor) as load:
        system.docker("pause", system.container(owner))
        began = time.monotonic()
        try:
            require(system.state(owner)["Paused"], "the owner is not paused")
            load.require_running()
            system.wait_owner(asking=survivor, other_than=owner, seconds=TAKE_OVER_SECONDS + LOOK_SECONDS)
            took = time.monotonic() - began
            time.sleep(2)
            asleep_since = system.now()
        finally:
            system.docker("unpause", system.container(owner))
        fired(f"{owner} paused for {time.monotonic() - began:.1f} s; {survivor} owns after {took:.1f} s")
        # Awake again, it finds that it owns nothing, and leaves it so.
        wait_until(f"{owner} serves as standby", 30, lambda: system.owner(owner) == survivor)
        for _ in range(10):
            require(system.owner(survivor) == survivor, f"{survivor} lost the shards to the node that woke up")
        # The epochs themselves may move: the survivor claims again after a commit in doubt.
        claims = [line for line in system.logs(owner, asleep_since).splitlines() if " claimed " in line]
        require(not claims, "the node that woke up claimed shards:\n" + "\n".join(claims))
        require(" stepped_down " in system.logs(owner, asleep_since), "the node that woke up did not step down")
    system.wait_healthy(*SAGADS)


# --- network

@contextlib.contextmanager
def disconnected(system, service):
    container = system.container(service)
    system.docker("network", "disconnect", system.network, container)
    try:
        require(not system.inspect(service)["NetworkSettings"]["Networks"], f"{service} is still connected")
        yield
    finally:
        system.docker("network", "connect", "--alias", service, system.network, container)


PROBES = {"postgres": "pg_isready -q -t 1 -h {ip}", "kafka": "timeout 1 bash -c 'exec 3<>/dev/tcp/{ip}/9092'",
          "inventory": "saga-demo-participant probe {ip}:9000"}


def disconnect(service, seconds):
    def run(system):
        probe = PROBES[service].format(ip=system.address(service))
        require(system.inside("sh", "-c", probe).returncode == 0, f"{service} does not answer: {probe}")
        with system.load(300) as load:
            with disconnected(system, service):
                require(system.inside("sh", "-c", probe).returncode != 0, f"{service} answers though it is cut off")
                text = load.require_running()
                time.sleep(seconds)
            fired(f"{service} was cut off for {seconds} s with {text}, and did not answer")
        system.wait_healthy()
    return run


@contextlib.contextmanager
def dropped(system, service, *rule):
    """Packets that leave the container and match are lost; what comes in still does."""
    pid = str(system.state(service)["Pid"])
    iptables = ("nsenter", "-t", pid, "-n", "iptables")
    counts = []
    system.must(*iptables, "-A", "OUTPUT", *rule, "-j", "DROP")
    try:
        yield counts
    finally:
        for line in system.must(*iptables, "-nvxL", "OUTPUT").splitlines():
            if " DROP " in line:
                counts.append(int(line.split()[0]))
        system.must(*iptables, "-F", "OUTPUT")
    require(counts and counts[0] > 0, f"no packet of {service} was dropped")


def one_way_to_postgres(system):
    owner = system.wait_owner()
    survivor = other_than(owner)
    with system.load(400, server=survivor) as load:
        with dropped(system, owner, "-d", system.address("postgres"), "-p", "tcp") as counts:
            began = time.monotonic()
            load.require_running()
            system.wait_owner(asking=survivor, other_than=owner, seconds=TAKE_OVER_SECONDS + LOOK_SECONDS)
            took = time.monotonic() - began
        fired(f"{counts[0]} packets from {owner} to PostgreSQL were dropped; {survivor} owns after {took:.1f} s")
    system.wait_healthy()


def one_way_between_sagads(system):
    owner = system.wait_owner()
    standby = other_than(owner)
    with system.load(300, server=standby) as load:
        with dropped(system, standby, "-d", system.address(owner), "-p", "tcp", "--dport", "7070") as counts:
            text = load.require_running()
            time.sleep(LEASE_SECONDS + 1)
        fired(f"{counts[0]} packets from {standby} to {owner} were dropped with {text}")
    require(system.owner() == owner, "a cut between the nodes moved the shards")


# --- stopping

def stop_owner(system):
    owner = system.wait_owner()
    survivor = other_than(owner)
    with system.load(400) as load:
        text = load.require_running()
        began = time.monotonic()
        system.docker("kill", "-s", "TERM", system.container(owner))
        system.wait_owner(asking=survivor, other_than=owner, seconds=1 + LOOK_SECONDS)
        took = time.monotonic() - began
        state = wait_until(f"{owner} has stopped", 30, lambda: (lambda s: s if s["Status"] == "exited" else None)(system.state(owner)))
        require(state["ExitCode"] == 0, f"{owner} ended with {state['ExitCode']} after SIGTERM")
        fired(f"{owner} stopped with exit 0, {text}; {survivor} owns after {took:.1f} s")
        start_again(system, owner)


def rolling_restart(system):
    with system.load(600) as load:
        for node in SAGADS:
            before = system.state(node)["StartedAt"]
            text = load.require_running()
            system.docker("restart", "-t", "30", system.container(node))
            system.wait_healthy(node)
            require(system.state(node)["StartedAt"] != before, f"{node} was not restarted")
            fired(f"{node} restarted with {text}")


def two_releases(system):
    """A node of the former release on the same database: owner, then standby. SAGA_FORMER_IMAGE names its image."""
    image = os.environ.get("SAGA_FORMER_IMAGE") or system.server_image
    if image == system.server_image:
        print("    SAGA_FORMER_IMAGE is not set: this release's own image stands in for the former one", flush=True)
    name, node = f"{system.project}-former", "sagad-former"
    environment = [entry for entry in system.inspect(SAGADS[1])["Config"]["Env"]
                   if entry.startswith("SAGAD_") and not entry.startswith("SAGAD_CLUSTER_")]
    environment += [f"SAGAD_CLUSTER_NODE={node}", f"SAGAD_CLUSTER_ADDRESS={node}:7070"]
    environment += [entry for entry in system.inspect(SAGADS[1])["Config"]["Env"] if entry.startswith("SAGAD_CLUSTER_NAME=")]
    options = [part for entry in environment for part in ("-e", entry)]
    system.docker("run", "-d", "--name", name, "--network", system.network, "--network-alias", node, "--read-only",
                  "--cap-drop", "ALL", *options, image)
    try:
        wait_until(f"{node} answers", 60, lambda: system.owner(node))
        with system.load(600, server=node) as load:
            system.docker("stop", "-t", "30", *[system.container(service) for service in SAGADS])
            wait_until(f"{node} owns", TAKE_OVER_SECONDS + LOOK_SECONDS, lambda: system.owner(node) == node)
            text = load.require_running()
            system.docker("start", *[system.container(service) for service in SAGADS])
            system.wait_healthy(*SAGADS)
            fired(f"{node} took over with {text}")
        with system.load(300) as load:
            system.docker("stop", "-t", "30", name)
            owner = system.wait_owner(asking=SAGADS[0], other_than=node, seconds=TAKE_OVER_SECONDS + LOOK_SECONDS)
            fired(f"{node} stopped with {load.require_running()}; {owner} owns")
    finally:
        system.docker("rm", "-f", name)


# --- starting

def start_in_any_order(system):
    everything = (*SAGADS, *PARTICIPANTS, "kafka", "postgres")
    system.docker("stop", "-t", "30", *[system.container(name) for name in everything])
    system.docker("start", *[system.container(name) for name in (*SAGADS, *PARTICIPANTS)])
    time.sleep(3)
    for node in SAGADS:
        require(system.state(node)["Status"] == "running", f"{node} does not wait for its database")
        asked = system.run("docker", "exec", system.container(node), "sagad", "healthcheck")
        require(asked.returncode == 1, f"{node} says that it is ready: {asked.stdout}")
    fired("sagad and the participants run, without PostgreSQL and Kafka; sagad says that it is not ready")
    system.docker("start", system.container("kafka"))
    system.docker("start", system.container("postgres"))
    system.wait_healthy()
    system.wait_owner()
    with system.load(100):
        pass


def wrong_configuration(system):
    """A clear message and an exit code; a restart policy with an end ends."""
    store = "SAGAD_STORE_URL=host=postgres user=sagad password={} dbname={}"
    cases = (
        (2, "kafka.mode", ["SAGAD_KAFKA_MODE=kafak"]),
        (2, "store.connections_max", ["SAGAD_STORE_CONNECTIONS_MAX=many"]),
        (1, "password", [store.format("wrong", "sagad")]),
        (1, "does not exist", [store.format("sagad", "nowhere")]),
        (1, "migrate", ["SAGAD_PROFILE=production", store.format("sagad", "postgres")]),
    )
    for code, word, variables in cases:
        options = [part for variable in variables for part in ("-e", variable)]
        done = system.run("docker", "run", "--rm", "--network", system.network, "--read-only", *options, system.server_image,
                          timeout=60)
        require(done.returncode == code and word in done.stdout,
                f"{variables}: exit {done.returncode} ({code} expected), without '{word}':\n{done.stdout}")
        fired(f"{variables[-1].split(' ')[0]}…: exit {code}: {done.stdout.strip().splitlines()[-1][:110]}")
    name = f"{system.project}-wrong"
    system.docker("run", "-d", "--name", name, "--restart", "on-failure:3", "-e", "SAGAD_KAFKA_MODE=kafak", system.server_image)
    try:
        wait_until("it gives up", 60, lambda: system.docker(
            "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}", name) == "exited 2 3")
    finally:
        system.docker("rm", "-f", name)


# --- another language

PACKING = """
saga: packing
input: warehouse.v1.PackRequest
steps:
  - id: pack
    call: warehouse/Pack
    with: { order_id: input.order_id, pieces: input.pieces }
    undo: { call: warehouse/Unpack, with: { order_id: input.order_id } }
"""


def python_participant(system):
    """Plain grpcio, no code of ours, no reflection."""
    name = f"{system.project}-warehouse"
    system.docker("run", "-d", "--name", name, "--network", system.network, "--network-alias", "warehouse", "--read-only",
                  "-e", "PYTHONDONTWRITEBYTECODE=1", "-v", f"{ROOT}/tests/integration/python_participant:/app:ro",
                  "-v", f"{ROOT}/build/release/gen/python_participant:/gen:ro", system.tester_image,
                  "python3", "/app/participant.py", "/gen", "0.0.0.0:9000")

    def sagactl(*arguments, stdin=None):
        return system.must("docker", "exec", "-i", name, "sagactl", "--server", "sagad:7070", "--no-input", *arguments, stdin=stdin)

    try:
        wait_until("the warehouse listens", 30, lambda: "listening" in system.docker("logs", name))
        sagactl("participants", "register", "warehouse", "warehouse:9000", "--service", "warehouse.v1.Warehouse",
                "--descriptor-set", "/gen/warehouse.binpb")
        sagactl("definitions", "register", "-", "--activate", stdin=PACKING)
        for number in range(20):
            pieces = 101 if number == 7 else number + 1
            sagactl("start", "packing", "-f", "-", "--id", f"pack-{number}", stdin=f'{{"order_id": "p-{number}", "pieces": {pieces}}}')
        for state, count in (("SUCCEEDED", 19), ("COMPENSATED", 1)):
            wait_until(f"{count} packings are {state}", 30, lambda state=state, count=count: len(sagactl(
                "list", "--definition", "packing", "--state", state, "--all", "-o", "ids").split()) == count)
        fired("19 sagas through the Python service succeeded, the one it refused is compensated")
    finally:
        system.docker("rm", "-f", name)


def repair(system: System):
    """After a failure: whatever was paused, stopped or cut off comes back."""
    system.run("docker", "unpause", *[system.container(name) for name in SAGADS])
    for service in ("postgres", "kafka", *PARTICIPANTS, *SAGADS):
        container = system.container(service)
        if not system.inspect(service)["NetworkSettings"]["Networks"]:
            system.run("docker", "network", "connect", "--alias", service, system.network, container)
        system.run("docker", "start", container)
    system.set_faults("up")
    system.wait_healthy()


ALL = [
    ("checkouts", checkouts),
    ("checker_can_fail", checker_can_fail),
    ("kill_owner", kill_owner),
    ("kill_standby", kill_standby),
    ("kill_postgres", kill_service("postgres", 2)),
    ("kill_kafka", kill_service("kafka", 3)),
    *[(f"kill_{name}", kill_service(name, 2)) for name in PARTICIPANTS],
    ("pause_owner_beyond_its_lease", pause_owner),
    ("disconnect_inventory", disconnect("inventory", 4)),
    ("disconnect_postgres", disconnect("postgres", LEASE_SECONDS + 3)),
    ("disconnect_kafka", disconnect("kafka", 5)),
    ("one_way_from_owner_to_postgres", one_way_to_postgres),
    ("one_way_between_sagads", one_way_between_sagads),
    ("sigterm_of_owner", stop_owner),
    ("rolling_restart", rolling_restart),
    ("two_releases", two_releases),
    ("start_in_any_order", start_in_any_order),
    ("wrong_configuration", wrong_configuration),
    ("python_participant", python_participant),
]
