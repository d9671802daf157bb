# A private PostgreSQL cluster: unix socket only, a data folder of ours, never as root.

readonly POSTGRES_PROGRAMS=/usr/lib/postgresql/15/bin
readonly SOCKET_NAME_BYTES_MAX=107 # The kernel's limit for the name of a unix socket.

# postgres_prepare FOLDER: sets $socket_folder and makes the cluster, once.
postgres_prepare() {
  local folder=$1 log=$logs/postgres.log
  [ -x $POSTGRES_PROGRAMS/postgres ] || fail "PostgreSQL 15 is missing: apt-get install postgresql-15"
  ensure_dropped_user
  mkdir -p "$folder"
  postgres_socket_folder "$folder"
  if is_root; then chown "$DROPPED_USER:" "$folder" "$socket_folder"; fi
  [ ! -e "$folder/data/PG_VERSION" ] || return 0
  # Under another name first: an interrupted initdb leaves nothing that looks finished.
  rm -rf "$folder/data.new"
  (as_dropped_user $POSTGRES_PROGRAMS/initdb --pgdata="$folder/data.new" --username=sagad --auth=trust \
    --locale=C.UTF-8 --encoding=UTF8 --no-instructions) >>"$log" 2>&1 8>&- </dev/null ||
    fail_with_log "initdb failed" "$log"
  mv "$folder/data.new" "$folder/data"
}

# Below the folder when the name is short enough, else in /tmp.
postgres_socket_folder() {
  socket_folder=$1/s
  if [ ${#socket_folder} -gt $((SOCKET_NAME_BYTES_MAX - 20)) ]; then
    socket_folder=$(cat "$1/socket-folder" 2>/dev/null || true)
    if [ ! -d "$socket_folder" ]; then
      socket_folder=$(mktemp -d /tmp/sagad-XXXXXX)
      printf '%s\n' "$socket_folder" >"$1/socket-folder"
    fi
  fi
  mkdir -p "$socket_folder"
  chmod 700 "$socket_folder"
}

# postgres_start NAME FOLDER: as the service NAME; returns when it answers.
postgres_start() {
  local name=$1 folder=$2
  start_dropped_service "$name" $POSTGRES_PROGRAMS/postgres -D "$folder/data" -c listen_addresses= \
    -c "unix_socket_directories=$socket_folder" -c unix_socket_permissions=0700 -c max_connections=100 \
    -c shared_buffers=128MB -c fsync=on -c synchronous_commit=on -c recovery_init_sync_method=syncfs
  wait_for "$name" 60 postgres_answers
}

# Sessions are ended, everything is written.
postgres_stop() { stop_service "$1" INT 60; }

postgres_answers() { "$POSTGRES_PROGRAMS/pg_isready" -q -h "$socket_folder" -U sagad -d postgres; }

postgres_run() { "$POSTGRES_PROGRAMS/psql" -X -q -A -t -h "$socket_folder" -U sagad -d "$1" -c "$2" </dev/null; }

# What libpq connects with, without the database.
postgres_conninfo() { printf "host='%s' user=sagad" "$socket_folder"; }

postgres_ensure_database() {
  [ "$(postgres_run postgres "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ] ||
    postgres_run postgres "CREATE DATABASE $1" || fail_with_log "cannot make the database '$1'" "$logs/postgres.log"
}
