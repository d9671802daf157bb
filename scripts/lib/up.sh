# ./saga up: from nothing to running sagas and a tour.

command_up() {
  local install=yes kafka="" began=$SECONDS
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) install=no ;;
      --kafka)
        [ $# -ge 2 ] || fail_usage "--kafka needs HOST:PORT"
        kafka=$2
        shift
        ;;
      --kafka=*) kafka=${1#*=} ;;
      *) fail_usage "up does not know '$1'; it takes --no-install and --kafka HOST:PORT" ;;
    esac
    shift
  done
  case $kafka in '' | *?:[0-9]*) ;; *) fail_usage "--kafka takes HOST:PORT, not '$kafka'" ;; esac

  make_state
  trap up_interrupted INT TERM
  trap up_ended EXIT
  need_packages "$install" "${PACKAGES_TO_RUN[@]}"

  stage '[1/5]' build
  up_build
  stage_ok "$build_summary"

  stage '[2/5]' postgres
  up_postgres
  stage_ok "private cluster, socket only, no TCP"

  stage '[3/5]' kafka
  kafka_up "$kafka"
  stage_ok "$kafka_shown"

  stage '[4/5]' participants
  participants_up
  stage_ok "$participants_shown"

  stage '[5/5]' traffic
  progress "starting sagad"
  sagad_up
  traffic_up
  stage_ok "$traffic_shown"

  trap - INT TERM EXIT
  print_tour $((SECONDS - began))
}

# What runs must be what is built: a service whose program is newer than its process is started anew.
up_build() {
  progress "configuring"
  # A checkout that builds the tests goes on doing so.
  if [ -e "$root/build/release/build.ninja" ]; then
    configure release
  else
    configure release -DSAGA_BUILD_TESTS=OFF -DSAGA_BUILD_BENCH=OFF
  fi
  build release up
  local name program
  for name in sagad "${PARTICIPANTS[@]}" kafka; do
    is_up "$name" || continue
    program=$(readlink "/proc/$(pid_of "$name")/exe" || true)
    # The linker replaces the file, so the process runs one that is "(deleted)".
    case $program in *' (deleted)')
      progress "stopping $name: it was built anew"
      stop_by_name "$name"
      ;;
    esac
  done
}

up_postgres() {
  progress "making the cluster"
  postgres_prepare "$state/postgres"
  profile_set postgres.conninfo "$(postgres_conninfo)"
  if ! is_up postgres; then
    progress "starting"
    postgres_start postgres "$state/postgres"
  fi
  postgres_ensure_database sagad
  postgres_ensure_database demo
}

up_interrupted() {
  trap '' INT TERM
  finish_line
  say "interrupted"
  exit 130
}

# Whatever ended this run before its tour: what it started ends with it, what ran before goes on.
up_ended() {
  local code=$? name i
  trap '' INT TERM
  [ "$code" -ne 0 ] || return 0
  for ((i = ${#started[@]} - 1; i >= 0; --i)); do
    name=${started[i]}
    stop_by_name "$name"
  done
  if [ ${#started[@]} -gt 0 ]; then say "stopped what this run had started: ${started[*]}"; fi
  exit "$code"
}
