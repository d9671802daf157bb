# Where this checkout keeps what runs: one folder per checkout, outside of it.

is_root() { [ "$(id -u)" = 0 ]; }

# PostgreSQL refuses to run as root; as root we make a user that can do nothing else.
readonly DROPPED_USER=sagad-dev

state_root() {
  # The dropped user cannot enter root's home.
  if is_root; then
    printf '/var/lib/sagad-dev'
  else
    printf '%s/sagad' "${XDG_STATE_HOME:-$HOME/.local/state}"
  fi
}

# Sets $state and the folders in it, without making them.
find_state() {
  local checkout_hash
  checkout_hash=$(printf '%s' "$root" | sha256sum | cut -c1-8)
  state=${SAGA_STATE:-$(state_root)/$checkout_hash}
  logs=$state/log
  run=$state/run
  profile=$state/profile
}

make_state() {
  mkdir -p "$logs" "$run" "$state/faults" || fail "cannot write to $state"
  # One run at a time changes what runs.
  exec 8>"$state/lock"
  flock -n 8 || fail "another ./saga works on $state; try again when it is done"
}

# State as it is shown: ~ for the home folder.
state_shown() {
  case $state in
    "$HOME"/*) printf '~%s' "${state#"$HOME"}" ;;
    *) printf '%s' "$state" ;;
  esac
}

# The profile: what runs where, as KEY=VALUE lines.
profile_get() {
  [ -e "$profile" ] || return 0
  sed -n "s/^$1=//p" "$profile" | tail -n 1
}

profile_set() {
  { grep -v "^$1=" "$profile" 2>/dev/null || true; printf '%s=%s\n' "$1" "$2"; } >"$profile.new"
  mv "$profile.new" "$profile"
}

# A user of its own for PostgreSQL, only when we are root.
ensure_dropped_user() {
  is_root || return 0
  id "$DROPPED_USER" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$DROPPED_USER" ||
    fail "cannot make the system user '$DROPPED_USER' for PostgreSQL"
  (as_dropped_user test -x "$state") ||
    fail "PostgreSQL runs as the user '$DROPPED_USER', who cannot get to $state; set SAGA_STATE to a folder that others may pass through"
}

# as_dropped_user COMMAND...: becomes the command, as a user that PostgreSQL accepts, with the same pid.
as_dropped_user() {
  cd /
  if is_root; then
    exec setpriv --reuid="$DROPPED_USER" --regid="$DROPPED_USER" --clear-groups -- "$@"
  fi
  exec "$@"
}
