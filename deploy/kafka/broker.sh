#!/usr/bin/env bash
# A real Kafka broker (KRaft, one node, loopback only) from its published artifacts; no image, no installation.
#
#   broker.sh fetch             get the jars, once (Maven)
#   broker.sh start DIR PORT    start it detached with its data in DIR; returns when it is ready
#   broker.sh run DIR PORT      the same in the foreground (becomes the broker)
#   broker.sh stop DIR          SIGTERM, and wait for the end
#
# The jars are kept in $SAGA_KAFKA_JARS, or ~/.cache/sagad/kafka-VERSION.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=4.3.1
jars=${SAGA_KAFKA_JARS:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sagad/kafka-$version}

fail() {
  printf 'broker.sh: %s\n' "$*" >&2
  exit 1
}

fetch() {
  [ -e "$jars/complete" ] && return
  command -v mvn >/dev/null || fail "mvn is missing: apt-get install maven openjdk-17-jre-headless"
  mkdir -p "$jars"
  # Two checkouts may fetch at the same time: one waits for the other.
  exec 9>"$jars/lock"
  flock 9
  [ -e "$jars/complete" ] && return
  mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies \
    "-DoutputDirectory=$jars" -DincludeScope=runtime >&2 ||
    fail "Kafka's jars cannot be fetched (Maven said why above)"
  touch "$jars/complete"
  exec 9>&-
}

java_command() {
  command -v java >/dev/null || fail "java is missing: apt-get install openjdk-17-jre-headless"
  # The JVM expands the star, the shell must not.
  java=(java -Xms64m -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
    "-Djava.io.tmpdir=$1" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$jars/*")
}

port_is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Outside the range that the kernel hands out to clients, so that nobody takes it while the broker is down.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if port_is_free "$port"; then
      printf '%s\n' "$port"
      return
    fi
  done
}

# Makes the folder on the first start; later starts keep its ports and its data.
prepare() {
  local dir=$1 port=$2 controller
  mkdir -p "$dir/tmp"
  java_command "$dir/tmp"
  [ -e "$dir/formatted" ] && return
  controller=$(free_port)
  while [ "$controller" = "$port" ]; do controller=$(free_port); done
  sed -e "s|@PORT@|$port|; s|@CONTROLLER_PORT@|$controller|; s|@DATA@|$dir/data|" \
    -e "s|:@PORT@|:$port|g; s|:@CONTROLLER_PORT@|:$controller|g" \
    "$here/server.properties.in" >"$dir/server.properties"
  local id
  id=$("${java[@]}" kafka.tools.StorageTool random-uuid)
  "${java[@]}" kafka.tools.StorageTool format -t "$id" -c "$dir/server.properties" >/dev/null
  touch "$dir/formatted"
}

run() {
  fetch
  prepare "$1" "$2"
  exec "${java[@]}" kafka.Kafka "$1/server.properties"
}

# Our broker and no other process that got its pid: its command line names our file. A zombie's is empty.
is_running() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "kafka.Kafka $1/server.properties"
}

start() {
  local dir=$1 port=$2 waited=0
  is_running "$dir" && return
  fetch
  prepare "$dir" "$port"
  setsid "${java[@]}" kafka.Kafka "$dir/server.properties" </dev/null >>"$dir/log" 2>&1 9>&- &
  echo $! >"$dir/pid"
  while port_is_free "$port"; do
    # The client port opens only when the broker is ready.
    [ -e "/proc/$!" ] && [ $((waited += 1)) -le 600 ] ||
      fail "the broker did not start: $(tail -n 20 "$dir/log")"
    sleep 0.1
  done
}

stop() {
  local dir=$1 pid waited=0
  is_running "$dir" || return 0
  pid=$(cat "$dir/pid")
  kill "$pid"
  while is_running "$dir"; do
    [ $((waited += 1)) -le 200 ] || kill -9 "$pid"
    sleep 0.1
  done
  rm -f "$dir/pid"
}

usage() {
  sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# "$dir" ends up in the properties and in command lines: always absolute.
folder() {
  mkdir -p "$1"
  (cd "$1" && pwd)
}

case "${1:-}:$#" in
  fetch:1) fetch ;;
  run:3 | start:3) "$1" "$(folder "$2")" "$3" ;;
  stop:2) stop "$(folder "$2")" ;;
  *) usage ;;
esac
