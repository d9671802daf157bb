# ./saga demo: one of the flagship flows, with its participants, its load and its checker.

readonly FLOWS=(order-pay checkout post-payment quote-cap-pivot)
# Participants that only the flows need.
readonly FLOW_PARTICIPANTS=(cashier courier customers transfers)
readonly FIRST_FLOW_PORT=19111
readonly FLOW_SETTLE_SECONDS=300
readonly FLOW_FAULTS="delay_ms=20 timeout_did=0.02 timeout_did_not=0.02 late=0.05 unavailable_did=0.03 duplicate=0.05 hang_ms=3000"

command_demo() {
  demo_options "$@"
  stage '[1/4]' system
  progress "starting what is missing"
  mkdir -p "${state%/*}"
  # Its own run: it takes the lock, and prints a tour that is not wanted here.
  "$root/saga" up "${up_options[@]}" >"$state.demo-up.log" 2>&1 </dev/null || fail_with_log "the system does not start" "$state.demo-up.log"
  make_state
  mv "$state.demo-up.log" "$logs/demo-up.log"
  postgres_socket_folder "$state/postgres"
  trap demo_ended EXIT
  trap 'exit 130' INT TERM
  stage_ok "sagad :$(profile_get port.api)"

  stage '[2/4]' participants
  flow_participants_up
  stage_ok "$participants_shown"

  stage '[3/4]' run
  flow_run
  stage '[4/4]' check
  say "$stage_label"
  stage_label=""
  flow_check
}

# Sets $flow, $sagas_wanted, $kills, $chaos, $window, $stock, $rate and $up_options.
demo_options() {
  local name
  flow=${1:-} sagas_wanted=200 kills=0 chaos=no window=10s stock=300 rate=100 up_options=()
  [ -n "$flow" ] || fail_usage "demo takes a flow: ${FLOWS[*]}"
  for name in "${FLOWS[@]}" ""; do
    if [ "$name" = "$flow" ]; then break; fi
  done
  [ -n "$name" ] || fail_usage "no flow '$flow'; there are: ${FLOWS[*]}"
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) up_options+=(--no-install) && shift && continue ;;
      --chaos) chaos=yes && shift && continue ;;
    esac
    case $1 in
      --sagas | --kill | --stock | --rate)
        case ${2:-} in '' | *[!0-9]*) fail_usage "$1 takes a number" ;; esac
        ;;
      --window) [[ ${2:-} =~ ^[0-9]+s$ ]] || fail_usage "--window takes seconds, as 10s" ;;
      --kafka) [ $# -ge 2 ] || fail_usage "--kafka needs HOST:PORT" ;;
      *) fail_usage "demo does not know '$1'; it takes --sagas, --kill, --chaos, --window, --stock, --rate, --kafka and --no-install" ;;
    esac
    case $1 in
      --sagas) sagas_wanted=$2 ;;
      --kill) kills=$2 ;;
      --stock) stock=$2 ;;
      --rate) rate=$2 ;;
      --window) window=$2 ;;
      --kafka) up_options+=(--kafka "$2") ;;
    esac
    shift 2
  done
}

# What the flow needs beside the four of the shop.
participants_of_flow() {
  case $1 in
    order-pay) printf 'cashier' ;;
    checkout) printf 'courier customers' ;;
    post-payment) printf 'customers' ;;
    quote-cap-pivot) printf 'transfers customers' ;;
  esac
}

# Each is started anew, so that it has this run's settings.
flow_participants_up() {
  local name log=$logs/demo.log
  participants_shown=""
  read -ra flow_services <<<"$(participants_of_flow "$flow")"
  for name in "${flow_services[@]}"; do
    progress "$name"
    printf 'up\n' >"$(faults_file "$name")"
    stop_service "$name"
    flow_participant_start "$name"
    participants_shown="$participants_shown  $name :$(profile_get "port.$name")"
  done
  for name in "${flow_services[@]}"; do
    wait_for "$name" 30 port_answers "$(profile_get "port.$name")"
    ctl_patiently participants register "$name" "127.0.0.1:$(profile_get "port.$name")" \
      --service "$(grpc_service "$name")" >>"$log" 2>&1 || fail_with_log "cannot register $name" "$log"
  done
  participants_shown=${participants_shown#  }
}

flow_participant_start() {
  local name=$1 i port=$FIRST_FLOW_PORT
  for i in "${!FLOW_PARTICIPANTS[@]}"; do
    if [ "${FLOW_PARTICIPANTS[i]}" = "$name" ]; then port=$((FIRST_FLOW_PORT + i)); fi
  done
  flow_participant_run "$name" "$(service_port "$name" "$port")"
}

# flow_participant_run NAME PORT: on exactly that port.
flow_participant_run() {
  local name=$1 port=$2 options=()
  # A late payment comes when the window has been closed for a while, also after a restart of the server.
  if [ "$name" = cashier ]; then options=(--late-ms $(((${window%s} + 6) * 1000))); fi
  if [ "$name" = transfers ]; then options=(--fees "$root/deploy/demo/fees.txt" --quote-ms 1500); fi
  start_service "$name" "$bin/saga-demo-participant" --service "$name" --listen "127.0.0.1:$port" \
    --database "$(postgres_conninfo) dbname=demo" --faults-file "$(faults_file "$name")" \
    --sagad "127.0.0.1:$(profile_get port.api)" "${options[@]}"
}

flow_run() {
  local log=$logs/demo.log load options=()
  run_prefix=$flow-$(date +%m%d%H%M%S)
  flow_define "$log"
  if [ "$flow" = checkout ]; then
    # An article of this run's own, so that its pieces can be counted.
    postgres_run demo "INSERT INTO inventory.stock (sku, on_hand, received) VALUES ('$run_prefix', $stock, $stock)" ||
      fail "cannot put the article into stock"
    options=(--article "$run_prefix")
  fi
  say "$stage_label $sagas_wanted sagas of $flow: $run_prefix-1, $run_prefix-2, …"
  stage_label=""
  "$bin/saga-demo-load" --server "127.0.0.1:$(profile_get port.api)" --flow "$flow" --sagas "$sagas_wanted" \
    --prefix "$run_prefix" --rate "$rate" --wait "$FLOW_SETTLE_SECONDS" --live "${options[@]}" 8>&- </dev/null &
  load=$!
  load_pid=$load
  if [ $chaos = yes ]; then set_flow_faults "$FLOW_FAULTS"; fi
  flow_disturb "$load"
  if [ $chaos = yes ]; then set_flow_faults up; fi
  # The checker says what a load that did not end well means.
  wait "$load" || say "the load did not see every saga come to rest"
  load_pid=""
}

# The payment window is a setting of the definition.
flow_define() {
  local definition log=$1 files=("$root/deploy/demo/$flow.yaml")
  case $flow in
    order-pay)
      sed "s/within: 15m/within: $window/" "$root/deploy/demo/order-pay.yaml" >"$state/order-pay.yaml"
      files=("$root/deploy/demo/refund-payment.yaml" "$state/order-pay.yaml")
      ;;
    checkout) files=("$root/deploy/demo/checkout-hold.yaml") ;;
  esac
  for definition in "${files[@]}"; do
    ctl_patiently definitions register "$definition" --activate >>"$log" 2>&1 ||
      fail_with_log "cannot register $definition" "$log"
  done
}

set_flow_faults() {
  local name
  for name in "${PARTICIPANTS[@]}" "${flow_services[@]}"; do set_fault "$name" "$1"; done
}

# Kills the server as often as asked for, every three seconds, and with --chaos one participant a second, or slows it.
flow_disturb() {
  local load=$1 round=0 killed=0 harmed=0 names=("${PARTICIPANTS[@]}" "${flow_services[@]}") name
  local rounds=$((sagas_wanted / rate + 2))
  while kill -0 "$load" 2>/dev/null && { [ $killed -lt "$kills" ] || { [ $chaos = yes ] && [ $round -lt $rounds ]; }; }; do
    sleep 1
    round=$((round + 1))
    if [ $chaos = yes ]; then
      name=${names[RANDOM % ${#names[@]}]}
      if [ $((RANDOM % 2)) = 0 ]; then kill_and_restart "$name"; else set_fault "$name" "$FLOW_FAULTS delay_ms=900"; fi
      harmed=$((harmed + 1))
    fi
    if [ $killed -lt "$kills" ] && [ $((round % 3)) = 2 ]; then
      kill_and_restart sagad
      killed=$((killed + 1))
    fi
  done
  # Somebody else may have taken the port of one that was killed; then its calls went elsewhere.
  for name in "${names[@]}"; do
    wait_for "$name" 30 port_answers "$(profile_get "port.$name")"
    is_up "$name" || fail_with_log "$name has ended by itself" "$logs/$name.log"
  done
  if [ $((killed + harmed)) -gt 0 ]; then say "killed sagad $killed times; killed or slowed participants $harmed times"; fi
}

# kill -9, and the same program again at once, where its callers look for it.
kill_and_restart() {
  local name=$1 pid
  pid=$(pid_of "$name") || fail "$name has ended by itself; its log: $logs/$name.log"
  kill -s KILL "$pid"
  while is_up "$name"; do sleep 0.05; done
  case $name in
    sagad)
      start_service sagad "$bin/sagad" serve --config "$state/sagad.yaml"
      wait_for sagad 60 http_is_ok "$(profile_get port.ops)" /readyz
      ;;
    cashier | courier | customers | transfers) flow_participant_run "$name" "$(profile_get "port.$name")" ;;
    *) participant_run "$name" "$(profile_get "port.$name")" ;;
  esac
}

flow_check() {
  "$bin/saga-demo-check" --sagad-database "$(postgres_conninfo) dbname=sagad" --database "$(postgres_conninfo) dbname=demo" \
    --flow "$flow" --prefix "$run_prefix" --sagas "$sagas_wanted" --wait 60
}

# The load ends with this command; the system stays.
demo_ended() {
  if [ -n "${load_pid:-}" ]; then kill "$load_pid" 2>/dev/null || true; fi
}
