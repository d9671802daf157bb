# Detached processes, known by pid and start time: a pid alone may belong to somebody else by now.

# identity_of PID: the boot and the start time; fails for ended processes, zombies included.
identity_of() {
  local line fields
  line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in parentheses may hold spaces.
  read -ra fields <<<"${line##*) }"
  case ${fields[0]} in Z | X) return 1 ;; esac
  printf '%s.%s' "$(cat /proc/sys/kernel/random/boot_id)" "${fields[19]}"
}

# pid_of NAME: the pid of a service of ours that runs; fails when it does not.
pid_of() {
  local pid identity
  read -r pid identity 2>/dev/null <"$run/$1.pid" || return 1
  [ "$(identity_of "$pid")" = "$identity" ] || return 1
  printf '%s' "$pid"
}

is_up() { pid_of "$1" >/dev/null; }

# What this run has started, for the case that it is interrupted.
started=()

# start_service NAME COMMAND...: detached, its output in the log of that name.
start_service() {
  local name=$1 pid
  shift
  setsid "$@" </dev/null >>"$logs/$name.log" 2>&1 8>&- &
  pid=$!
  disown "$pid"
  printf '%s %s\n' "$pid" "$(identity_of "$pid" || true)" >"$run/$name.pid"
  started+=("$name")
}

# start_dropped_service NAME COMMAND...: the same as a user that is not root.
start_dropped_service() {
  local name=$1
  shift
  if is_root; then
    set -- setpriv --reuid="$DROPPED_USER" --regid="$DROPPED_USER" --clear-groups -- "$@"
  fi
  (cd / && start_service "$name" "$@")
  started+=("$name")
}

# stop_service NAME [SIGNAL] [SECONDS]: waits for the end; the last resort is SIGKILL.
stop_service() {
  local name=$1 signal=${2:-TERM} limit=${3:-40} pid waited=0
  if pid=$(pid_of "$name"); then
    kill -s "$signal" "$pid" 2>/dev/null || true
    while is_up "$name"; do
      if [ $((waited += 1)) -gt $((limit * 20)) ]; then kill -s KILL "$pid" 2>/dev/null || true; fi
      sleep 0.05
    done
  fi
  rm -f "$run/$name.pid"
}

# wait_for NAME SECONDS CONDITION...: until the condition holds; fails with the log when the service ends before.
wait_for() {
  local name=$1 limit=$2 waited=0
  shift 2
  until "$@"; do
    is_up "$name" || fail_with_log "$name ended while starting" "$logs/$name.log"
    [ $((waited += 1)) -le $((limit * 10)) ] || fail_with_log "$name is not ready after $limit s" "$logs/$name.log"
    sleep 0.1
  done
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# choose_port PREFERRED: that one, or a free one outside the range the kernel hands out to clients.
choose_port() {
  local port=$1
  while port_answers "$port"; do port=$((20000 + RANDOM % 12000)); done
  printf '%s' "$port"
}

# http_is_ok PORT PATH: a GET answered by 200, without curl.
http_is_ok() {
  local line
  line=$(http_status_line "$@" 2>/dev/null) || return 1
  case $line in *" 200 "*) return 0 ;; *) return 1 ;; esac
}

http_status_line() {
  local line
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3
  IFS= read -r -t 2 line <&3 && printf '%s' "$line"
}
