# ./saga test, bench, tidy.

command_test() {
  local install=yes kafka=yes sanitizer="" filter="" packages
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) install=no ;;
      --without-kafka) kafka=no ;;
      --sanitizer)
        case ${2:-} in asan | tsan) sanitizer=$2 ;; *) fail_usage "--sanitizer takes asan or tsan" ;; esac
        shift
        ;;
      -*) fail_usage "test does not know '$1'; it takes --no-install, --without-kafka, --sanitizer and a filter" ;;
      *) [ -z "$filter" ] || fail_usage "test takes one filter" && filter=$1 ;;
    esac
    shift
  done
  test_state
  packages=("${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_TEST[@]}")
  if [ -n "$sanitizer" ]; then
    need_packages $install "${packages[@]}"
    test_sanitized "$sanitizer" "$filter"
    return
  fi
  if [ $kafka = yes ]; then packages+=("${PACKAGES_FOR_KAFKA[@]}"); fi
  need_packages "$install" "${packages[@]}"

  stage '[1/4]' build
  progress "configuring"
  configure release -DSAGA_BUILD_TESTS=ON -DSAGA_BUILD_BENCH=ON
  build release all
  stage_ok "$build_summary"

  stage '[2/4]' kafka
  test_kafka $kafka
  local failed=0
  run_tests '[3/4]' release 'unit|contract|simulation|tidy' "$(build_jobs)" "$filter" || failed=1
  run_tests '[4/4]' release integration 1 "$filter" || failed=1
  if [ $kafka = no ]; then say "without Kafka: the tests that need a broker were left out (--without-kafka)"; fi
  summarize || failed=1
  return $failed
}

# The tests that need no other process, compiled with a sanitizer.
test_sanitized() {
  local preset=$1 failed=0
  stage '[1/2]' "build $preset"
  progress "configuring"
  configure "$preset" -DSAGA_BUILD_BENCH=OFF
  build "$preset" tests_unit tests_contract tests_simulation
  stage_ok "$build_summary"
  # Debian's gRPC is not instrumented: what happens inside it cannot be judged.
  export TSAN_OPTIONS="ignore_noninstrumented_modules=1 suppressions=$root/tests/tsan.supp"
  run_tests '[2/2]' "$preset" 'unit|contract|simulation' "$(build_jobs)" "$2" || failed=1
  summarize || failed=1
  return $failed
}

# Tests have a state folder of their own and start what they need by themselves.
test_state() {
  state=$state-test
  logs=$state/log run=$state/run profile=$state/profile
  results=$state/results
  make_state
  rm -rf "$results"
  mkdir -p "$results"
}

test_kafka() {
  if [ "$1" = no ]; then
    export SAGA_TEST_KAFKA=none
    stage_ok "left out (--without-kafka)"
    return
  fi
  unset SAGA_TEST_KAFKA
  progress "fetching the broker's jars"
  "$root/deploy/kafka/broker.sh" fetch >"$logs/kafka.log" 2>&1 8>&- ||
    fail_with_log "no real Kafka to test against (--without-kafka leaves it out)" "$logs/kafka.log"
  stage_ok "a real broker, started by each test that needs one"
}

# run_tests STAGE PRESET LABELS JOBS FILTER: each program leaves its counts in $results.
run_tests() {
  local label=$1 preset=$2 labels=$3 jobs=$4 filter=$5
  stage "$label" tests
  say "$stage_label ${labels//|/, }"
  stage_label=""
  # Proxies of the environment are not for our own connections.
  env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY -u all_proxy -u ALL_PROXY \
    GTEST_OUTPUT="xml:$results/" GTEST_COLOR=no CTEST_OUTPUT_ON_FAILURE=1 \
    ctest --test-dir "$root/build/$preset" --label-regex "^($labels)\$" --tests-regex "${filter:-.}" \
    --parallel "$jobs" --output-junit "$results/${labels//|/_}.ctest" 8>&- </dev/null
}

# Adds up what the programs counted; a program that left no counts (it crashed, or is no C++ test) counts as one.
summarize() {
  python3 "$root/scripts/lib/summarize.py" "$results"
}

command_bench() {
  local install=yes
  if [ "${1:-}" = --no-install ]; then install=no && shift; fi
  local wanted=$state
  state=$wanted-bench
  logs=$state/log run=$state/run profile=$state/profile
  make_state
  trap 'postgres_stop postgres' EXIT
  trap 'exit 130' INT TERM
  need_packages "$install" "${PACKAGES_TO_RUN[@]}" libbenchmark-dev

  stage '[1/3]' build
  progress "configuring"
  configure release -DSAGA_BUILD_BENCH=ON
  build release up bench
  stage_ok "$build_summary"

  stage '[2/3]' postgres
  postgres_prepare "$state/postgres"
  is_up postgres || postgres_start postgres "$state/postgres"
  stage_ok "private cluster of the benchmark's own, fsync on"

  stage '[3/3]' measure
  say "$stage_label"
  stage_label=""
  PATH=$POSTGRES_PROGRAMS:$PATH SAGA_BIN=$bin SAGA_BENCH_PG=$(postgres_conninfo) \
    SAGA_BENCH_PG_DATA=$state/postgres/data SAGA_BENCH_DIR=$state/bench "$root/bench/run.sh" "$@" 8>&-
}

# clang-tidy over what changed against the main branch, over everything, or over the folders and files that are named.
command_tidy() {
  local install=yes everything=no base files named=()
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) install=no ;;
      --all) everything=yes ;;
      -*) fail_usage "tidy does not know '$1'; it takes --all, --no-install, folders and files" ;;
      *) named+=("$(realpath --relative-base="$root" -- "$1")") ;;
    esac
    shift
  done
  test_state
  need_packages "$install" "${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_TEST[@]}" "${PACKAGES_TO_CHECK[@]}"
  stage '[1/2]' generate
  # Clang's own flags: it does not know all of GCC's.
  configure clang -DSAGA_BUILD_TESTS=ON -DSAGA_BUILD_BENCH=ON
  build clang generated
  stage_ok "$build_summary"
  cd "$root" || exit 1
  if [ $everything = yes ]; then
    mapfile -t files < <(git ls-files 'src/*.cc' 'bench/*.cc')
  elif [ ${#named[@]} -gt 0 ]; then
    mapfile -t files < <(git ls-files --cached --others --exclude-standard -- "${named[@]}" | grep '\.cc$')
    [ ${#files[@]} -gt 0 ] || fail_usage "no source in ${named[*]}"
  else
    base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
    mapfile -t files < <({ git diff --name-only --diff-filter=d "$base" -- 'src/*.cc' 'bench/*.cc' &&
      git ls-files --others --exclude-standard 'src/*.cc' 'bench/*.cc'; } | sort -u)
  fi
  if [ ${#files[@]} -eq 0 ]; then
    say "no source has changed; --all checks everything"
    return
  fi
  say "[2/2] clang-tidy     ${#files[@]} files"
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(build_jobs)" clang-tidy-16 --quiet -p build/clang
  say "clang-tidy found nothing in ${#files[@]} files"
}
