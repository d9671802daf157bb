#!/usr/bin/env bash
# Measures sagad beside its bare twin in one run, on one machine, on one PostgreSQL with fsync on.
#
#   bench/run.sh [--concurrency "1 64 256 1024"] [--sagas N] [--rounds N]
#
# ./saga bench prepares what it needs and calls it:
#   SAGA_BIN           folder of the built programs
#   SAGA_BENCH_PG      conninfo of a superuser without dbname; SAGA_BENCH_PG_DATA  data folder of the same cluster
#   SAGA_BENCH_DIR     a folder for logs
set -euo pipefail

concurrencies="1 64 256 1024"
sagas=6000
rounds=1
while [ $# -gt 0 ]; do
  case $1 in
    --concurrency) concurrencies=$2; shift 2 ;;
    --sagas) sagas=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    *) echo "bench: unknown flag '$1'; known: --concurrency \"1 64\", --sagas N, --rounds N" >&2; exit 2 ;;
  esac
done
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${SAGA_BIN:?run ./saga bench}" "${SAGA_BENCH_PG:?run ./saga bench}" "${SAGA_BENCH_PG_DATA:?run ./saga bench}" "${SAGA_BENCH_DIR:?run ./saga bench}"
mkdir -p "$SAGA_BENCH_DIR"
cd "$SAGA_BENCH_DIR"
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap cleanup EXIT

psql_in() { psql -X -q -A -t -d "$SAGA_BENCH_PG dbname=$1" -c "$2"; }
free_port() { # a port that nobody listens on; the programs themselves report a clash
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
wait_for() { # file pattern what
  for _ in $(seq 300); do
    grep -q "$2" "$1" 2>/dev/null && return
    sleep 0.1
  done
  echo "bench: $3 did not start; its log:" >&2
  tail -5 "$1" >&2
  exit 1
}

run=b$(date +%s)
psql_in postgres "CREATE DATABASE ${run}_twin" ; psql_in postgres "CREATE DATABASE ${run}_sagad"

"$SAGA_BIN/saga-bench-worker" --listen 127.0.0.1:0 >worker.log 2>&1 & worker=$!; pids+=("$worker")
wait_for worker.log "listening on port" "the worker"
worker_port=$(sed -n 's/listening on port //p' worker.log)
"$SAGA_BIN/saga-bench-twin" --listen 127.0.0.1:0 --worker "127.0.0.1:$worker_port" \
  --database "$SAGA_BENCH_PG dbname=${run}_twin" >twin.log 2>&1 & twin=$!; pids+=("$twin")
wait_for twin.log "listening on port" "the twin"
twin_port=$(sed -n 's/listening on port //p' twin.log)
sagad_port=$(free_port)
ops_port=$(free_port)
"$SAGA_BIN/sagad" serve --profile=dev --api.listen="127.0.0.1:$sagad_port" --ops.listen="127.0.0.1:$ops_port" \
  --store.url="$SAGA_BENCH_PG dbname=${run}_sagad" --kafka.mode=off --log.level=warn ${SAGA_BENCH_SAGAD_FLAGS:-} \
  >sagad.log 2>&1 & sagad=$!; pids+=("$sagad")
for _ in $(seq 300); do
  "$SAGA_BIN/sagactl" --server "127.0.0.1:$sagad_port" participants register bench "127.0.0.1:$worker_port" \
    >setup.log 2>&1 && break
  kill -0 "$sagad" 2>/dev/null || { echo "bench: sagad ended:" >&2; tail -5 sagad.log >&2; exit 1; }
  sleep 0.1
done
"$SAGA_BIN/sagactl" --server "127.0.0.1:$sagad_port" definitions register "$here/definition.yaml" >>setup.log 2>&1 ||
  { cat setup.log >&2; exit 1; }

ticks=$(getconf CLK_TCK)
cpu() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
postgres_cpu() {
  local master total=0 status
  master=$(head -1 "$SAGA_BENCH_PG_DATA/postmaster.pid")
  for status in /proc/[0-9]*/stat; do
    total=$((total + $(awk -v m="$master" '{ pid = $1; sub(/.*\) /, ""); if ($2 == m || pid == m) print $12 + $13; else print 0 }' "$status" 2>/dev/null || echo 0)))
  done
  echo "$total"
}
snapshot() { # database server-pid
  echo "$(cpu "$2") $(cpu "$worker") $(postgres_cpu) $(psql_in "$1" "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()") $(psql_in postgres "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")"
}

measure() { # name port pid database concurrency count prefix
  local fifo=go.$$ before after line
  rm -f "$fifo"; mkfifo "$fifo"
  "$SAGA_BIN/saga-bench-load" --server "127.0.0.1:$2" --concurrency "$5" --sagas "$6" --warmup $(($6 / 10)) --prefix "$7" \
    <"$fifo" >load.out 2>load.err & local load=$!
  exec 4>"$fifo"
  for _ in $(seq 1200); do grep -q begin load.out && break; sleep 0.1; done
  sleep 1.2 # PostgreSQL's own counters follow within a second
  before=$(snapshot "$4" "$3")
  echo go >&4
  if ! wait "$load"; then cat load.err >&2; exit 1; fi
  exec 4>&-
  after=$(snapshot "$4" "$3")
  sleep 1.2
  after="${after% * *} $(psql_in "$4" "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()") ${after##* }"
  line=$(sed -n 's/^end //p' load.out)
  echo "$1 $5 $6 $line $before $after" | awk -v hz="$ticks" '{
    us = 1e6 / hz / $3
    printf "%-6s %6d %9.0f %9.2f %9.2f %9.0f %9.0f %9.0f %9.0f %8.2f %9.2f\n", $1, $2, $4, $5, $6,
      ($15 - $10) * us, ($16 - $11) * us, ($17 - $12) * us, $8, ($18 - $13) / $3, ($19 - $14) / $3 / 1024 }' | tee -a results.txt
}

sync_us=$(dd if=/dev/zero of="$SAGA_BENCH_DIR/sync.probe" bs=8k count=200 oflag=dsync 2>&1 | awk '/copied/ { for (i = 1; i <= NF; i++) if ($i == "s,") print int($(i-1) / 200 * 1e6) }')
rm -f sync.probe results.txt
cat <<HEAD
machine   $(nproc) cores, $(awk '/MemTotal/ { print int($2 / 1048576) " GiB" }' /proc/meminfo), an 8 kB synchronous write takes ${sync_us} us
postgres  $(psql_in postgres "SELECT 'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') || ', ' || split_part(version(), ' ', 2)")
saga      start + 3 unary calls + end; closed loop; CPU in microseconds per saga; every process on the same machine

         in                                        CPU us per saga                        per saga
system flight   sagas/s    p50 ms    p99 ms    server    worker  postgres      load  commits   WAL kB
HEAD
for round in $(seq "$rounds"); do
  for c in $concurrencies; do
    count=$sagas
    [ "$c" -ge 16 ] || count=$((sagas / 15))
    measure twin "$twin_port" "$twin" "${run}_twin" "$c" "$count" "t$round-$c"
    measure sagad "$sagad_port" "$sagad" "${run}_sagad" "$c" "$count" "s$round-$c"
  done
done
echo
awk '
  { key = $2; n[$1, key]++; rate[$1, key] += $3; p50[$1, key] += $4; cpu[$1, key] += $6; seen[key] = 1 }
  END {
    for (key in seen) {
      r = (rate["sagad", key] / n["sagad", key]) / (rate["twin", key] / n["twin", key])
      p = (p50["sagad", key] / n["sagad", key]) / (p50["twin", key] / n["twin", key])
      c = (cpu["sagad", key] / n["sagad", key]) / (cpu["twin", key] / n["twin", key])
      printf "%6d in flight: sagad at %.2f of the twin'"'"'s rate, %.2f of its p50, %.2f of its CPU per saga\n", key, r, p, c
    }
  }' results.txt | sort -n
