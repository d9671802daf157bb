# ./saga status, logs, down, chaos.

command_status() {
  [ $# -eq 0 ] || fail_usage "status takes no arguments"
  local name pid missing=0
  if [ ! -e "$profile" ]; then
    say "nothing here yet; ./saga up starts everything"
    return
  fi
  for name in postgres kafka orders inventory payments shipping sagad; do
    if pid=$(pid_of "$name"); then
      printf '%-10s up    pid %-8s %-50s %s\n' "$name" "$pid" "$(service_address "$name")" "$(chaos_shown "$name")"
    elif [ "$name" = kafka ] && [ -n "$(profile_get kafka.given)" ]; then
      printf '%-10s given              %s\n' "$name" "$(profile_get kafka.given)"
    else
      printf '%-10s down\n' "$name"
      missing=1
    fi
  done
  for name in "${FLOW_PARTICIPANTS[@]}"; do
    if pid=$(pid_of "$name"); then
      printf '%-10s up    pid %-8s %-50s %s\n' "$name" "$pid" "$(service_address "$name")" "$(chaos_shown "$name")"
    fi
  done
  say "state in $(state_shown)"
  if [ $missing = 1 ]; then
    say "./saga up starts what is down"
    return 1
  fi
}

# The fault that a participant was told to have.
chaos_shown() {
  local fault
  fault=$(cat "$(faults_file "$1")" 2>/dev/null) || return 0
  if [ "$fault" != up ]; then printf 'chaos: %s' "$fault"; fi
}

command_logs() {
  local name="" files=() follow=()
  while [ $# -gt 0 ]; do
    case $1 in
      -f) follow=(-f) ;;
      -*) fail_usage "logs does not know '$1'; it takes a name and -f" ;;
      *) [ -z "$name" ] || fail_usage "logs takes one name" && name=$1 ;;
    esac
    shift
  done
  if [ -n "$name" ]; then
    [ -e "$logs/$name.log" ] || fail_usage "no log of '$name'; there are: $(log_names)"
    files=("$logs/$name.log")
  else
    for name in "${SERVICES[@]}"; do
      if [ -e "$logs/$name.log" ]; then files+=("$logs/$name.log"); fi
    done
    [ ${#files[@]} -gt 0 ] || fail "there are no logs; ./saga up starts everything"
  fi
  exec tail -n 20 "${follow[@]}" "${files[@]}"
}

log_names() {
  local file names=""
  for file in "$logs"/*.log; do
    if [ -e "$file" ]; then file=${file##*/} && names="$names ${file%.log}"; fi
  done
  printf '%s' "${names# }"
}

command_down() {
  local wipe=no name stopped=""
  while [ $# -gt 0 ]; do
    case $1 in
      --wipe) wipe=yes ;;
      *) fail_usage "down does not know '$1'; it takes --wipe" ;;
    esac
    shift
  done
  if [ ! -e "$state" ]; then
    say "nothing runs"
    return
  fi
  make_state
  for name in "${SERVICES[@]}"; do
    if is_up "$name"; then
      stage down "$name"
      progress "stopping"
      stopped="$stopped $name"
    fi
    stop_by_name "$name"
  done
  if [ $on_terminal = yes ]; then printf '\r\033[K'; fi
  if [ -n "$stopped" ]; then say "stopped:$stopped"; else say "nothing runs"; fi
  if [ $wipe = yes ]; then
    rm -rf "$(cat "$state/postgres/socket-folder" 2>/dev/null || printf '%s' "$state/postgres/s")"
    rm -rf "$state"
    say "removed $(state_shown)"
  fi
}

command_chaos() {
  chaos_check "$@"
  is_up "$1" || fail "$1 does not run; ./saga up starts it"
  set_fault "$1" "$2"
  say "$1 is told to be $2"
}

chaos_check() {
  local service=${1:-} fault=${2:-} known=no name
  [ $# -eq 2 ] || fail_usage "chaos takes a service and a fault: ./saga chaos inventory down|slow|flaky|up"
  for name in "${PARTICIPANTS[@]}" "${FLOW_PARTICIPANTS[@]}"; do
    if [ "$name" = "$service" ]; then known=yes; fi
  done
  [ $known = yes ] || fail_usage "no service '$service'; there are: ${PARTICIPANTS[*]} ${FLOW_PARTICIPANTS[*]}"
  case $fault in
    up | down | slow | flaky) ;;
    *) fail_usage "no fault '$fault'; there are: down, slow, flaky, and up to end them" ;;
  esac
}

# Whole or not at all: the participant reads the file whenever it changes.
set_fault() {
  printf '%s\n' "$2" >"$(faults_file "$1").new"
  mv "$(faults_file "$1").new" "$(faults_file "$1")"
}
