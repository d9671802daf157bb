# The development broker, or a real one that is there already.

readonly KAFKA_TOPICS=saga.events.v1:4,saga.attention.v1:1

# kafka_up GIVEN: sets $kafka_address and $kafka_shown. GIVEN is HOST:PORT or empty.
kafka_up() {
  local given=$1 address_file=$run/kafka.address
  if [ -n "$given" ]; then
    kafka_probe "$given"
    stop_service kafka
    kafka_address=$given
    kafka_shown="$given (as given)"
    profile_set kafka.given "$given"
    return
  fi
  profile_set kafka.given ""
  if ! is_up kafka; then
    rm -f "$address_file"
    start_service kafka "$bin/saga-mock-kafka" --topics "$KAFKA_TOPICS" --address-file "$address_file"
    wait_for kafka 20 test -s "$address_file"
  fi
  kafka_address=$(cat "$address_file")
  kafka_shown="development broker at $kafka_address (librdkafka's mock: memory only)"
}

kafka_probe() {
  local host=${1%:*} port=${1##*:}
  (exec 3<>"/dev/tcp/$host/$port") 2>/dev/null || fail "no Kafka broker answers at $1" \
    "start it, or leave --kafka out: the development broker needs nothing"
}
