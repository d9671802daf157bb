# ./saga fuzz.

readonly FUZZERS=(expr definition record filter names task_token)

command_fuzz() {
  local install=yes runs=1000000 seconds=0 name="" chosen=("${FUZZERS[@]}") failed=0
  while [ $# -gt 0 ]; do
    case $1 in
      --no-install) install=no ;;
      --runs | --seconds)
        case ${2:-} in '' | *[!0-9]*) fail_usage "$1 takes a number" ;; esac
        if [ "$1" = --runs ]; then runs=$2; else seconds=$2; fi
        shift
        ;;
      -*) fail_usage "fuzz does not know '$1'; it takes --runs, --seconds, --no-install and a name" ;;
      *) [ -z "$name" ] || fail_usage "fuzz takes one name" && name=$1 ;;
    esac
    shift
  done
  if [ -n "$name" ]; then
    case " ${FUZZERS[*]} " in
      *" $name "*) chosen=("$name") ;;
      *) fail_usage "no fuzzer '$name'; there are ${FUZZERS[*]}" ;;
    esac
  fi
  state=$state-fuzz
  logs=$state/log run=$state/run profile=$state/profile
  make_state
  need_packages "$install" "${PACKAGES_TO_RUN[@]}" "${PACKAGES_TO_TEST[@]}" "${PACKAGES_TO_CHECK[@]}"
  stage build fuzz
  progress "configuring"
  configure fuzz
  build fuzz "${chosen[@]/#/saga_fuzz_}"
  stage_ok "$build_summary"
  for name in "${chosen[@]}"; do
    fuzz_one "$name" "$runs" "$seconds" || failed=1
  done
  return $failed
}

# fuzz_one NAME RUNS SECONDS: what it learns is kept for the next time; the repository's seeds are only read.
fuzz_one() {
  local name=$1 runs=$2 seconds=$3 log=$logs/$1.log learnt=$state/corpus/$1 found=$state/found
  local seeds=$root/tests/fuzz/corpus/$1 words=$root/tests/fuzz/dict/$1.dict arguments=() record hex
  mkdir -p "$learnt" "$found"
  if [ -d "$seeds" ]; then arguments+=("$seeds"); fi
  if [ -e "$words" ]; then arguments+=("-dict=$words"); fi
  # The seeds of records are those that every release must read.
  if [ "$name" = record ]; then
    while read -r record hex; do
      printf '%b' "$(printf '%s' "$hex" | sed 's/../\\x&/g')" >"$learnt/$record"
    done <"$root/tests/unit/store/golden/records.hex"
  fi
  stage fuzz "$name"
  if ! (cd "$root" && nice "build/fuzz/fuzz/$name" -runs="$runs" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/$name-" "$learnt" "${arguments[@]}") \
    >"$log" 2>&1 8>&- </dev/null; then
    finish_line
    say "$name failed; the end of $log:"
    tail -n 40 "$log" | sed 's/^/      | /'
    say "      the input: $(grep -o "$found/[^ ;]*" "$log" | tail -n 1)"
    return 1
  fi
  stage_ok "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, $(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1) edges"
}
