# The demo participants and the server.

readonly PARTICIPANTS=(orders inventory payments shipping)
readonly FIRST_PARTICIPANT_PORT=19101
readonly PREFERRED_API_PORT=7070
readonly PREFERRED_OPS_PORT=8089

faults_file() { printf '%s/faults/%s' "$state" "$1"; }

# service_port NAME PREFERRED: the port of last time when it is free, else another one; kept in the profile.
service_port() {
  local key=port.$1 port
  port=$(choose_port "$(profile_get "$key" | grep . || printf '%s' "$2")")
  profile_set "$key" "$port"
  printf '%s' "$port"
}

participants_up() {
  local name port=$FIRST_PARTICIPANT_PORT shown=""
  for name in "${PARTICIPANTS[@]}"; do
    progress "$name"
    [ -e "$(faults_file "$name")" ] || printf 'up\n' >"$(faults_file "$name")"
    is_up "$name" || participant_start "$name" "$port"
    port=$((port + 1))
    shown="$shown  $name :$(profile_get "port.$name")"
  done
  for name in "${PARTICIPANTS[@]}"; do
    wait_for "$name" 30 port_answers "$(profile_get "port.$name")"
  done
  participants_shown=${shown#  }
}

participant_start() {
  participant_run "$1" "$(service_port "$1" "$2")"
}

# participant_run NAME PORT: on exactly that port.
participant_run() {
  local name=$1 port=$2
  start_service "$name" "$bin/saga-demo-participant" --service "$name" --listen "127.0.0.1:$port" \
    --database "$(postgres_conninfo) dbname=demo" --faults-file "$(faults_file "$name")"
}

# The server's configuration is a file that a person can read and start it with.
sagad_configure() {
  cat >"$state/sagad.yaml.new" <<YAML
# Written by ./saga up.
profile: dev
api:
  listen: 127.0.0.1:$1
ops:
  listen: 127.0.0.1:$2
store:
  url: $(postgres_conninfo) dbname=sagad
cluster:
  name: dev
kafka:
  mode: kafka
  brokers: $kafka_address
YAML
}

sagad_up() {
  local api ops
  api=$(profile_get port.api)
  ops=$(profile_get port.ops)
  # It goes on as it is unless the broker has moved.
  if is_up sagad; then
    sagad_configure "$api" "$ops"
    ! cmp -s "$state/sagad.yaml.new" "$state/sagad.yaml" || return 0
    stop_service sagad
  fi
  api=$(service_port api $PREFERRED_API_PORT)
  ops=$(service_port ops $PREFERRED_OPS_PORT)
  sagad_configure "$api" "$ops"
  mv "$state/sagad.yaml.new" "$state/sagad.yaml"
  start_service sagad "$bin/sagad" serve --config "$state/sagad.yaml"
  wait_for sagad 60 http_is_ok "$ops" /readyz
}

# Calls the server of this checkout.
ctl() { "$bin/sagactl" --server "127.0.0.1:$(profile_get port.api)" --no-input "$@"; }

# The same, again and again while the server cannot act yet (exit code 6): after a restart of its database it waits for
# its lease. For commands that may be repeated.
ctl_patiently() {
  local tries=0 code
  while :; do
    ctl "$@" && return
    code=$?
    [ "$code" -eq 6 ] && [ $((tries += 1)) -le 60 ] || return "$code"
    sleep 0.5
  done
}

# In the order in which they are stopped: who calls before who is called.
readonly SERVICES=(sagad orders inventory payments shipping cashier courier customers transfers kafka postgres)

stop_everything() {
  local name
  for name in "${SERVICES[@]}"; do stop_by_name "$name"; done
}

stop_by_name() {
  if [ "$1" = postgres ]; then postgres_stop postgres; else stop_service "$1"; fi
}

# Where a service listens, as status shows it.
service_address() {
  case $1 in
    sagad) printf '127.0.0.1:%s (gRPC), http://127.0.0.1:%s/metrics' "$(profile_get port.api)" "$(profile_get port.ops)" ;;
    kafka) cat "$run/kafka.address" 2>/dev/null || true ;;
    postgres) profile_get postgres.conninfo ;;
    *) printf '127.0.0.1:%s' "$(profile_get "port.$1")" ;;
  esac
}
