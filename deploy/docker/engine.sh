#!/usr/bin/env bash
# A Docker engine of its own: a private data folder and socket, no change to the host's firewall or forwarding.
#
#   engine.sh up      start it; returns when it answers
#   engine.sh down    remove its containers and networks, and stop it; images and named volumes stay for the next time
#   engine.sh check   print what is left of it: processes, mounts, links, rules, folders; nothing = clean
#
# D (the environment) is its folder: absolute, and short because the names of its sockets are limited.
set -uo pipefail

readonly FOLDER_BYTES_MAX=60
readonly SECONDS_TO_START=60
readonly SECONDS_TO_STOP=60

folder=${D:?a short absolute folder of its own}
export DOCKER_HOST=unix://$folder/d.sock
unset DOCKER_CONTEXT DOCKER_BUILDKIT
pid=""

fail() {
  printf 'engine.sh: %s\n' "$*" >&2
  exit 1
}

is_zombie() { grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }

# Ours, and no other process that got its pid: its command line names our pid file. A zombie's is empty.
is_ours() {
  pid=$(cat "$folder/dockerd.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
  tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "--pidfile $folder/dockerd.pid"
}

up() {
  [ ${#folder} -le $FOLDER_BYTES_MAX ] || fail "$folder is too long: at most $FOLDER_BYTES_MAX characters"
  [ "$(id -u)" = 0 ] || fail "only root can start a Docker engine"
  command -v dockerd >/dev/null || [ -x /usr/sbin/dockerd ] || fail "dockerd is missing: apt-get install docker.io"
  mkdir -p "$folder"
  if is_ours; then
    printf 'engine: up already, pid %s\n' "$pid"
    return
  fi
  # What is left after a kill -9; dockerd would refuse it while the dead process is not reaped.
  rm -f "$folder/dockerd.pid"
  setsid /usr/sbin/dockerd --iptables=false --ip-forward=false --bridge=none --data-root "$folder/data" \
    --exec-root "$folder/exec" --pidfile "$folder/dockerd.pid" -H "$DOCKER_HOST" \
    >>"$folder/dockerd.log" 2>&1 </dev/null 8>&- 9>&- &
  local child=$! waited=0
  until docker version >/dev/null 2>&1 && is_ours; do
    if [ $((waited += 1)) -gt $((SECONDS_TO_START * 10)) ] || [ ! -e "/proc/$child" ] || is_zombie "$child"; then
      tail -n 5 "$folder/dockerd.log" >&2
      fail "the engine did not start; its log is $folder/dockerd.log"
    fi
    sleep 0.1
  done
  printf 'engine: up, pid %s\n' "$pid"
}

# remove_all container|network [LS-OPTION...]
remove_all() {
  local what=$1 ids
  shift
  mapfile -t ids < <(docker "$what" ls -q "$@" 2>/dev/null)
  [ ${#ids[@]} -gt 0 ] || return 0
  case $what in
    container) docker container rm -f -v "${ids[@]}" >/dev/null ;;
    network) docker network rm "${ids[@]}" >/dev/null ;;
  esac
}

down() {
  [ -d "$folder" ] || return 0
  if ! is_ours; then
    # An engine that was killed has left processes: started once more on its folder, it takes them in charge.
    if [ -z "$(check)" ]; then return 0; fi
    up >/dev/null
  fi
  remove_all container -a
  remove_all network --filter type=custom
  kill "$pid"
  local waited=0
  while [ -e "/proc/$pid" ] && ! is_zombie "$pid"; do
    [ $((waited += 1)) -le $((SECONDS_TO_STOP * 10)) ] || fail "the engine (pid $pid) does not stop"
    sleep 0.1
  done
  # dockerd leaves the first always, the second after a kill -9.
  local mount
  for mount in "$folder"/exec/netns/* "$folder/data"; do umount "$mount" 2>/dev/null; done
  rm -f "$folder"/exec/netns/* "$folder/d.sock" "$folder/dockerd.pid"
  remove_folders
  printf 'engine: down\n'
}

# Control groups end a moment after their last process. Folders of other engines are not empty: rmdir leaves them.
remove_folders() {
  local waited=0
  while [ $((waited += 1)) -le 20 ]; do
    find /sys/fs/cgroup/*/docker /sys/fs/cgroup/docker -depth -type d -exec rmdir {} + 2>/dev/null
    ls -d /sys/fs/cgroup/*/docker /sys/fs/cgroup/docker >/dev/null 2>&1 || break
    sleep 0.2
  done
  rmdir /run/docker/plugins /run/docker /run/containerd/s /run/containerd 2>/dev/null
  return 0
}

check() {
  local process line table
  for process in /proc/[0-9]*; do
    line=$({ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null) || continue
    case $line in
      *"$folder/exec"* | *"--pidfile $folder/dockerd.pid"* | *docker-proxy*) printf 'process %s %s\n' "${process#/proc/}" "$line" ;;
    esac
  done
  grep -F " $folder/" /proc/self/mountinfo | awk '{ print "mount", $5 }'
  for line in /sys/class/net/*; do
    case ${line##*/} in br-* | veth* | docker*) printf 'link %s\n' "${line##*/}" ;; esac
  done
  if command -v iptables >/dev/null; then
    for table in filter nat; do
      iptables -t $table -S 2>/dev/null | grep -iE 'docker|br-' | sed 's/^/rule /'
    done
  fi
  ls -d /sys/fs/cgroup/*/docker /sys/fs/cgroup/docker /run/docker /run/containerd 2>/dev/null | sed 's/^/folder /'
  return 0
}

case ${1:-} in
  up | down | check) "$1" ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
