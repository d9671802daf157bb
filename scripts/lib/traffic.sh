# The first sagas: twenty checkouts, of which two are compensated and one gets stuck on purpose; then the tour.

readonly FIRST_ORDER=1001
readonly LAST_ORDER=1020
readonly STUCK_ORDER=1007    # Its card is declined while its article is being counted: it cannot be put back.
readonly DECLINED_ORDER=1012 # Its card is declined.
readonly SOLD_OUT_ORDER=1016 # Its article is sold out.
readonly COUNTED_ARTICLE=SKU-7
readonly SETTLE_SECONDS=90

# Where sagad reaches a participant, and where sagactl finds the definition; others in containers.
participant_address() { printf '127.0.0.1:%s' "$(profile_get "port.$1")"; }
definition_file() { printf '%s/deploy/demo/checkout.yaml' "$root"; }

# Sets $traffic_shown.
traffic_up() {
  register_everything
  if [ "$(sagas --limit 1)" -gt 0 ]; then
    traffic_shown="as before: $(traffic_counts)"
    return
  fi
  mkdir -p "$state/orders"
  # A person counts this article: it cannot be put back until the count is over.
  set_fault inventory "stocktake=$COUNTED_ARTICLE"
  local number total=$((LAST_ORDER - FIRST_ORDER + 1)) log=$logs/traffic.log
  for ((number = FIRST_ORDER; number <= LAST_ORDER; ++number)); do
    progress "starting saga $((number - FIRST_ORDER + 1)) of $total"
    order_json "$number" >"$state/orders/ord-$number.json"
    ctl start checkout -f - --id "ord-$number" <"$state/orders/ord-$number.json" >>"$log" 2>&1 ||
      fail_with_log "a saga could not be started" "$log"
  done
  wait_until_settled "$total"
  traffic_shown="$total sagas started: $(traffic_counts) (on purpose)"
}

register_everything() {
  local name log=$logs/traffic.log
  progress "registering the participants"
  for name in "${PARTICIPANTS[@]}"; do
    ctl_patiently participants register "$name" "$(participant_address "$name")" \
      --service "$(grpc_service "$name")" >>"$log" 2>&1 || fail_with_log "cannot register $name" "$log"
  done
  ctl_patiently definitions register "$(definition_file)" --activate >>"$log" 2>&1 ||
    fail_with_log "cannot register $(definition_file)" "$log"
}

grpc_service() {
  case $1 in
    orders) printf 'shop.order.v1.Orders' ;;
    inventory) printf 'shop.stock.v1.Inventory' ;;
    payments) printf 'shop.pay.v1.Payments' ;;
    shipping) printf 'shop.ship.v1.Shipping' ;;
    cashier) printf 'shop.cash.v1.Cashier' ;;
    courier) printf 'shop.courier.v1.Courier' ;;
    customers) printf 'shop.crm.v1.Customers' ;;
    transfers) printf 'shop.transfer.v1.Transfers' ;;
  esac
}

# order_json NUMBER: what the customer of this order sends.
order_json() {
  local customer=cust-$(($1 % 100)) article=SKU-$(($1 % 5 + 1)) quantity=$(($1 % 3 + 1))
  case $1 in
    "$STUCK_ORDER") customer=cust-poor article=$COUNTED_ARTICLE ;;
    "$DECLINED_ORDER") customer=cust-poor ;;
    "$SOLD_OUT_ORDER") article=SKU-NONE ;;
  esac
  cat <<JSON
{"order_id": "ord-$1", "customer_id": "$customer",
 "lines": [{"sku": "$article", "quantity": "$quantity"}],
 "total": {"currency": "EUR", "minor_units": "$((1500 + $1 % 7 * 100))"},
 "address": {"name": "A. Example", "street": "Main Street 1", "city": "10115 Berlin", "country": "DE"},
 "email": "customer@example.com"}
JSON
}

# sagas FILTER-FLAG...: how many there are.
sagas() { ctl_patiently list --all -o ids "$@" 2>>"$logs/traffic.log" | wc -l; }

# All have ended or wait for a person.
wait_until_settled() {
  local total=$1 settled waited=0
  while :; do
    settled=$(($(sagas --state SUCCEEDED) + $(sagas --state COMPENSATED) + $(sagas --health stuck)))
    progress "$settled of $total sagas have ended or wait for a person"
    [ "$settled" -lt "$total" ] || return 0
    [ $((waited += 1)) -le $((SETTLE_SECONDS * 5)) ] ||
      fail_with_log "the sagas do not end" "$logs/sagad.log"
    sleep 0.2
  done
}

traffic_counts() {
  local stuck
  stuck=$(sagas --health stuck)
  printf '%s succeeded, %s compensated, %s stuck' "$(sagas --state SUCCEEDED)" "$(sagas --state COMPENSATED)" "$stuck"
}

# What the tour says is different for containers.
tour_commands="status | logs | down [--wipe]"
chaos_option=""

# The commands work as printed from where the user stands.
print_tour() {
  local saga_command=$called_as sagactl_command
  sagactl_command=$(dirname "$called_as")/sagactl
  case $called_as in */*) ;; *) sagactl_command=$root/sagactl ;; esac
  cat <<TEXT

  api  127.0.0.1:$(profile_get port.api) (gRPC, reflection on)   metrics  http://127.0.0.1:$(profile_get port.ops)/metrics
  data $(state_shown)   everything runs in the background: $saga_command $tour_commands
  ready after $(seconds_as_text "$1")

TEXT
  if ! ctl list --health stuck --all -o ids 2>>"$logs/traffic.log" | grep -qx "ord-$STUCK_ORDER"; then
    printf 'The tour was taken before. Try this:\n'
    printf '  %-40s   %s\n' "$sagactl_command list" "the sagas, the newest first" \
      "$sagactl_command show ord-$STUCK_ORDER --timeline" "what happened, when" \
      "$saga_command down --wipe" "begin anew with the next up"
    return
  fi
  printf 'Try this, in order (5 minutes):\n'
  # The third is the longest.
  local retry="$sagactl_command retry ord-$STUCK_ORDER --reason \"stock counted\""
  printf "  %s  %-${#retry}s   %s\n" \
    1 "$sagactl_command stuck" "see what needs a person, and why" \
    2 "$saga_command chaos ${chaos_option}inventory up" "mend the cause" \
    3 "$retry" "finish it" \
    4 "$sagactl_command show ord-$STUCK_ORDER --timeline" "what happened, when"
}
