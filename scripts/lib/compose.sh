# The whole system in containers: ./saga up, down, chaos, test with --compose.

readonly COMPOSE_FILE=$root/deploy/compose.yaml
readonly OFFICIAL_POSTGRES=postgres:15
readonly OFFICIAL_KAFKA=apache/kafka:4.3.1
readonly BASE_IMAGE=debian:bookworm-slim
readonly PULL_SECONDS=300
readonly IMAGE_TARGETS=(sagad sagactl participant migrate tester)
readonly IMAGE_PROGRAMS=(sagad sagactl saga-demo-participant saga-demo-check saga-demo-load)
readonly PACKAGES_FOR_CONTAINERS=(docker.io docker-compose mmdebstrap iptables)

own_engine=no
mutant=""

# compose_state KIND: a state folder and a compose project of their own for `up` and for `test`.
compose_state() {
  state=$state-$1
  logs=$state/log run=$state/run profile=$state/profile results=$state/results
  project=sagad-$1-$(printf '%s' "$state" | sha256sum | cut -c1-8)
  # By checkout and not by state folder: a run with another folder replaces the images of the one before.
  image_tag=$(printf '%s' "$root" | sha256sum | cut -c1-8)
  # Shared by the checkouts: base image and layers are made once. Its name must be short.
  engine=${SAGA_DOCKER:-$(state_root)/docker}
}

# --- engine

engine_answers() { timeout 10 docker version >/dev/null 2>&1; }

own_engine_answers() { [ -S "$engine/d.sock" ] && DOCKER_HOST=unix://$engine/d.sock engine_answers; }

# engine_find: the one that answers, ours included; fails when none does.
engine_find() {
  command -v docker >/dev/null || return 1
  # Debian's engine has no buildx: the classic builder.
  unset DOCKER_BUILDKIT
  if own_engine_answers; then
    own_engine=yes
    export DOCKER_HOST=unix://$engine/d.sock
    unset DOCKER_CONTEXT
    return 0
  fi
  engine_answers
}

# engine_up yes|no: starts one of our own when none runs; the argument says whether apt may be used.
engine_up() {
  if ! engine_find; then
    is_root || fail "no Docker engine answers, and only root can start one" \
      "start yours, or run this as root"
    need_packages "$1" "${PACKAGES_FOR_CONTAINERS[@]}"
    stage "$stage_number" engine
    progress "starting"
    D=$engine "$root/deploy/docker/engine.sh" up >>"$logs/engine.log" 2>&1 8>&- ||
      fail_with_log "no Docker engine answers, and none can be started" "$logs/engine.log"
    engine_find || fail "the engine at $engine does not answer"
    engine_started=yes
  fi
  if [ $own_engine = yes ]; then engine_shown="private, in $engine"; else engine_shown="the one that runs"; fi
  if docker compose version >/dev/null 2>&1; then
    compose_program=(docker compose)
  elif command -v docker-compose >/dev/null; then
    compose_program=(docker-compose)
  else
    fail "neither docker compose nor docker-compose is there: apt-get install docker-compose"
  fi
  engine_shown="$engine_shown; ${compose_program[*]} $("${compose_program[@]}" version --short 2>/dev/null)"
}

# Ours ends with the last container on it; images stay for the next time.
engine_down() {
  [ $own_engine = yes ] || return 0
  [ -z "$(docker ps -aq)" ] || return 0
  D=$engine "$root/deploy/docker/engine.sh" down >>"$logs/engine.log" 2>&1 8>&- ||
    fail_with_log "the engine does not stop" "$logs/engine.log"
}

compose() {
  local files=(-f "$COMPOSE_FILE")
  if [ "$bootstrapped" = yes ]; then files+=(-f "$root/deploy/docker/compose.bootstrap.yaml"); fi
  "${compose_program[@]}" -p "$project" "${files[@]}" "$@" 8>&- </dev/null
}

# --- images

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Which images to run, and what to build ours on. Sets $bootstrapped.
images_choose() {
  bootstrapped=no
  local image
  for image in $OFFICIAL_POSTGRES $OFFICIAL_KAFKA $BASE_IMAGE; do
    has_image "$image" && [ "$image" != $BASE_IMAGE ] && continue
    if [ $own_engine = yes ]; then bootstrapped=yes && break; fi
    has_image "$image" && continue
    progress "pulling $image"
    timeout $PULL_SECONDS docker pull -q "$image" >>"$logs/images.log" 2>&1 || { bootstrapped=yes && break; }
  done
  profile_set compose.bootstrapped $bootstrapped
  export SAGA_POSTGRES_IMAGE=$OFFICIAL_POSTGRES SAGA_KAFKA_IMAGE=$OFFICIAL_KAFKA SAGA_BASE=$BASE_IMAGE
  [ $bootstrapped = no ] || images_bootstrap
}

# Tags are hashes of what an image is made of, so an image that is there is the right one.
images_bootstrap() {
  local log=$logs/images.log folder=$root/deploy/docker
  SAGA_BASE=sagad-base:$(hash_of "$folder/base.sh")
  SAGA_POSTGRES_IMAGE=sagad-postgres:$(hash_of "$folder"/base.sh "$folder"/postgres/*)
  SAGA_KAFKA_IMAGE=sagad-kafka:$(hash_of "$folder"/base.sh "$folder"/kafka/* "$root/deploy/kafka/pom.xml")
  if ! has_image "$SAGA_BASE"; then
    progress "making Debian's base image from this machine's apt sources"
    need_packages "$may_install" mmdebstrap
    "$folder/base.sh" "$SAGA_BASE" >>"$log" 2>&1 8>&- || fail_with_log "the base image cannot be made" "$log"
  fi
  if ! has_image "$SAGA_POSTGRES_IMAGE"; then
    progress "building the image of PostgreSQL"
    image_build "$SAGA_POSTGRES_IMAGE" "$folder/postgres"
  fi
  if ! has_image "$SAGA_KAFKA_IMAGE"; then
    progress "building the image of Kafka"
    need_packages "$may_install" "${PACKAGES_FOR_KAFKA[@]}"
    local context=$state/kafka-image
    rm -rf "$context"
    cp -r "$folder/kafka" "$context"
    SAGA_KAFKA_JARS=${SAGA_KAFKA_JARS:-${XDG_CACHE_HOME:-$HOME/.cache}/sagad/kafka-4.3.1}
    SAGA_KAFKA_JARS=$SAGA_KAFKA_JARS "$root/deploy/kafka/broker.sh" fetch >>"$log" 2>&1 8>&- ||
      fail_with_log "Kafka's jars cannot be fetched" "$log"
    mkdir "$context/lib"
    cp "$SAGA_KAFKA_JARS"/*.jar "$context/lib/"
    image_build "$SAGA_KAFKA_IMAGE" "$context"
    rm -rf "$context"
  fi
}

hash_of() { cat "$@" | sha256sum | cut -c1-12; }

# image_build TAG CONTEXT [OPTION...]
image_build() {
  local tag=$1 context=$2
  shift 2
  nice docker build --network host --build-arg "BASE=$SAGA_BASE" -t "$tag" "$@" "$context" >>"$logs/images.log" 2>&1 8>&- ||
    fail_with_log "the image $tag cannot be built" "$logs/images.log"
}

# Of this checkout's release build, or of the mutant that is tested.
program_path() {
  if [ -n "$mutant" ] && [ "$1" = "$mutant_program" ]; then
    printf '%s' "$state/mutant/build/release/bin/$1"
  else
    printf '%s' "$bin/$1"
  fi
}

# mutant_build: the program of $mutant from mutated sources, in the state folder: never in the checkout.
mutant_build() {
  local log=$logs/build.log
  mutant_program=$(python3 -B "$root/tests/compose/mutants.py" --program "$mutant")
  progress "building $mutant_program with the mutation"
  rm -rf "$state/mutant/src"
  python3 -B "$root/tests/compose/mutants.py" "$mutant" "$state/mutant" >"$log" 2>&1 ||
    fail_with_log "the mutant $mutant cannot be made" "$log"
  (cd "$state/mutant" && cmake --preset release -DSAGA_BUILD_TESTS=OFF -DSAGA_BUILD_BENCH=OFF &&
    nice cmake --build build/release --parallel "$(build_jobs)" --target "$mutant_program") >"$log" 2>&1 8>&- </dev/null ||
    fail_with_log "the mutant $mutant cannot be built" "$log" 60
}

# images_ours prebuilt|compile: programs of this checkout's release build, or compiled in the image.
images_ours() {
  local how=$1 context=$root target name options=()
  export SAGA_IMAGE_PREFIX=sagad SAGA_TAG=$image_tag
  if [ "$how" = prebuilt ]; then
    context=$state/image
    rm -rf "$context"
    mkdir -p "$context/deploy/bin"
    cp "$root/deploy/Dockerfile" "$context/deploy/"
    cp -r "$root/deploy/demo" "$context/deploy/"
    for name in "${IMAGE_PROGRAMS[@]}"; do strip -o "$context/deploy/bin/$name" "$(program_path "$name")"; done
    options=(--build-arg BINARIES=prebuilt)
  fi
  for target in "${IMAGE_TARGETS[@]}"; do
    name=$target
    if [ "$target" = sagad ]; then name=server; fi
    progress "building the image sagad-$name"
    image_build "sagad-$name:$SAGA_TAG" "$context" -f "$context/deploy/Dockerfile" --target "$target" \
      --build-arg "JOBS=$(build_jobs)" "${options[@]}"
  done
  # What the new ones replaced; on an engine of somebody else's, only what is marked as ours.
  local filter=(--filter label=org.opencontainers.image.title=sagad)
  if [ $own_engine = yes ]; then filter=(); fi
  docker image prune -f "${filter[@]}" >>"$logs/images.log" 2>&1 || true
}

# --- the running system

compose_ports() {
  local key preferred
  # What runs keeps its ports.
  if [ -n "$(profile_get port.API_PORT)" ]; then
    compose_reload
    [ -z "$(container_of sagad-a)" ] || return 0
  fi
  while read -r key preferred; do
    export "SAGA_$key=$(service_port "$key" "$preferred")"
  done <<<$'API_PORT 7070\nOPS_PORT 8089\nAPI_PORT_B 7071\nOPS_PORT_B 8090\nKAFKA_PORT 29092'
  profile_set port.api "$SAGA_API_PORT"
  profile_set port.ops "$SAGA_OPS_PORT"
}

# For a project that is up already: as it was started.
compose_reload() {
  local key
  bootstrapped=$(profile_get compose.bootstrapped)
  for key in API_PORT OPS_PORT API_PORT_B OPS_PORT_B KAFKA_PORT; do
    export "SAGA_$key=$(profile_get "port.$key")"
  done
  export SAGA_TAG=$image_tag
}

container_of() { compose ps -q "$1" 2>/dev/null | head -n 1; }

health_of() { docker inspect -f '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$1" 2>/dev/null; }

# compose_wait SECONDS: all services are healthy. docker-compose 1.29 has no --wait.
compose_wait() {
  local waited=0 name id health bad
  while :; do
    bad=""
    for name in postgres kafka "${PARTICIPANTS[@]}" sagad-a sagad-b; do
      id=$(container_of "$name")
      health=$([ -z "$id" ] || health_of "$id")
      if [ "$health" != "running healthy" ]; then bad="$bad $name"; fi
    done
    [ -n "$bad" ] || return 0
    progress "waiting for$bad"
    [ $((waited += 1)) -le "$1" ] || fail_with_compose "not healthy after $1 s:$bad"
    sleep 0.5
  done
}

fail_with_compose() {
  compose logs --no-color --tail=100 >"$logs/compose.log" 2>&1 || true
  fail_with_log "$1" "$logs/compose.log"
}

compose_start() {
  compose up -d --no-build >>"$logs/compose-up.log" 2>&1 || {
    cat "$logs/compose-up.log" >&2
    fail_with_compose "the containers do not start"
  }
  compose_wait 120
}

# The traffic of the tour is driven from a container inside: it reaches the services by their names.
compose_traffic() {
  local driver=$project-driver
  docker rm -f "$driver" >/dev/null 2>&1 || true
  compose run -d --no-deps --name "$driver" test sleep 600 >>"$logs/compose-up.log" 2>&1 ||
    fail_with_log "the driver does not start" "$logs/compose-up.log"
  ctl() { docker exec -i "$project-driver" sagactl --no-input "$@" 8>&-; }
  participant_address() { printf '%s:9000' "$1"; }
  definition_file() { printf '/usr/local/share/sagad/demo/checkout.yaml'; }
  set_fault() { compose_fault "$@"; }
  traffic_up
  docker rm -f "$driver" >/dev/null
}

compose_fault() {
  local id
  id=$(container_of "$1")
  [ -n "$id" ] || fail "$1 does not run; ./saga up --compose starts it"
  docker exec "$id" sh -c "printf '%s\\n' '$2' >/faults/$1.new && mv /faults/$1.new /faults/$1" ||
    fail "$1 cannot be told its fault"
}

# --- commands

command_up_compose() {
  may_install=yes
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) may_install=no ;;
      *) fail_usage "up --compose does not know '$1'; it takes --no-install" ;;
    esac
    shift
  done
  local began=$SECONDS
  compose_state compose
  make_state
  stage_number='[1/4]'
  stage '[1/4]' engine
  engine_up $may_install
  stage_ok "$engine_shown"

  stage '[2/4]' images
  images_choose
  # A checkout that is built here is not compiled a second time.
  if [ -e "$root/build/release/build.ninja" ] && [ $bootstrapped = yes ]; then
    progress "building"
    build release up saga-demo-load
    images_ours prebuilt
  else
    images_ours compile
  fi
  stage_ok "$(docker image ls --format '{{.Repository}} {{.Size}}' "sagad-server:$SAGA_TAG" | head -n 1)"

  stage '[3/4]' containers
  compose_ports
  compose_start
  stage_ok "PostgreSQL, Kafka, 4 participants, sagad-a and sagad-b: healthy"

  stage '[4/4]' traffic
  profile_set compose.sagactl "sagad-sagactl:$SAGA_TAG"
  profile_set compose.engine "${DOCKER_HOST:-}"
  chaos_option="--compose "
  tour_commands="down --compose [--wipe]"
  compose_traffic
  stage_ok "$traffic_shown"
  print_tour $((SECONDS - began))
}

command_down_compose() {
  local wipe=no
  while [ $# -gt 0 ]; do
    case $1 in
      --wipe) wipe=yes ;;
      *) fail_usage "down --compose does not know '$1'; it takes --wipe" ;;
    esac
    shift
  done
  compose_state compose
  if [ ! -e "$profile" ]; then
    say "nothing runs"
    return
  fi
  make_state
  # An engine of ours that died keeps its containers, and they would start with it the next time.
  if engine_find || { [ -d "$engine/data" ] && is_root; }; then
    may_install=no
    stage_number=down
    engine_up no
    compose_reload
    stage down containers
    progress "stopping"
    compose_stop $wipe
    finish_line
  fi
  say "stopped the containers"
  if [ $wipe = yes ]; then
    rm -rf "$state"
    say "removed $(state_shown)"
  else
    # ./sagactl goes back to what ./saga up started.
    profile_set port.api ""
  fi
}

# compose_stop WIPE: containers and networks go; volumes when their data is not wanted any more.
compose_stop() {
  local options=(--remove-orphans) id
  if [ "$1" = yes ]; then options+=(--volumes); fi
  # Started by `run`, which `down` does not know in 1.29.
  for id in $(docker ps -aq --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.oneoff=True); do
    docker rm -f -v "$id" >/dev/null || true
  done
  compose down "${options[@]}" >>"$logs/compose-up.log" 2>&1 || fail_with_log "the containers do not stop" "$logs/compose-up.log"
  engine_down
}

command_chaos_compose() {
  compose_state compose
  engine_find || fail "no Docker engine answers; ./saga up --compose starts everything"
  may_install=no
  engine_up no
  compose_reload
  chaos_check "$@"
  compose_fault "$1" "$2"
  say "$1 is told to be $2"
}

command_test_compose() {
  may_install=yes
  local filter="" code=0
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) may_install=no ;;
      --mutant)
        [ $# -ge 2 ] && mutant=$2 && shift || fail_usage "--mutant needs a name"
        filter=$(python3 -B "$root/tests/compose/mutants.py" --scenario "$mutant") || exit 2
        ;;
      -*) fail_usage "test --compose does not know '$1'; it takes --no-install, --mutant and a filter" ;;
      *) [ -z "$filter" ] || fail_usage "test takes one filter" && filter=$1 ;;
    esac
    shift
  done
  compose_state ctest${mutant:+-$mutant}
  image_tag=$image_tag${mutant:+-$mutant}
  make_state
  rm -rf "$results"
  mkdir -p "$results"
  need_packages $may_install "${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_TEST[@]}"
  engine_started=no
  stage_number='[1/4]'
  # Whatever way it ends, what it started ends with it.
  trap test_compose_ended EXIT
  trap 'exit 130' INT TERM
  stage '[1/4]' build
  progress "configuring"
  configure release
  build release up saga-demo-load python_warehouse
  if [ -n "$mutant" ]; then mutant_build; fi
  stage_ok "$build_summary"
  stage_number='[2/4]'
  stage '[2/4]' engine
  engine_up $may_install
  stage_ok "$engine_shown"
  stage '[3/4]' images
  images_choose
  images_ours prebuilt
  stage_ok "$SAGA_POSTGRES_IMAGE $SAGA_KAFKA_IMAGE sagad-server:$SAGA_TAG"
  compose_ports
  say "[4/4] tests"
  local files=$COMPOSE_FILE
  if [ $bootstrapped = yes ]; then files=$files:$root/deploy/docker/compose.bootstrap.yaml; fi
  SAGA_COMPOSE="${compose_program[*]}" SAGA_COMPOSE_FILES=$files SAGA_COMPOSE_PROJECT=$project \
    SAGA_COMPOSE_RESULTS=$results SAGA_COMPOSE_MUTANT=$mutant python3 -B "$root/tests/compose/run.py" ${filter:+"$filter"} 8>&- </dev/null || code=$?
  return $code
}

test_compose_ended() {
  local code=$?
  trap '' INT TERM
  trap - EXIT
  finish_line
  if [ -n "${bootstrapped:-}" ] && [ ${#compose_program[@]} -gt 0 ]; then compose_stop yes; fi
  if [ "$code" -ne 0 ]; then say "what the containers said is in $results"; fi
  exit "$code"
}
compose_program=()
bootstrapped=""
