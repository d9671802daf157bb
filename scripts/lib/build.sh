# The release build: only what is asked for, with its progress shown.

readonly BYTES_PER_JOB=1200000000 # What one compiler process may need.

# The smallest of the machine's memory and the limits of our control group.
memory_bytes() {
  local bytes limit file
  bytes=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
  bytes=$((bytes * 1024)) # Not in awk: Debian's has 32 bits for %d.
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    limit=$(cat "$file" 2>/dev/null) || continue
    case $limit in '' | *[!0-9]*) continue ;; esac
    # Compared by length first: "no limit" is a number beyond what the shell can hold.
    if [ ${#limit} -lt ${#bytes} ] || { [ ${#limit} -eq ${#bytes} ] && [ "$limit" -lt "$bytes" ]; }; then
      bytes=$limit
    fi
  done
  printf '%s' "$bytes"
}

build_jobs() {
  local jobs memory_jobs
  jobs=$(nproc)
  memory_jobs=$(($(memory_bytes) / BYTES_PER_JOB))
  if [ "$memory_jobs" -lt "$jobs" ]; then jobs=$memory_jobs; fi
  if [ "$jobs" -lt 1 ]; then jobs=1; fi
  printf '%s' "$jobs"
}

# configure PRESET [CMAKE-OPTION...]
configure() {
  local preset=$1 log=$logs/build.log cache
  shift
  # A checkout that was moved or copied together with its build folder: cmake would refuse it.
  cache=$root/build/$preset/CMakeCache.txt
  if [ -e "$cache" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then rm -rf "$root/build/$preset"; fi
  (cd "$root" && cmake --preset "$preset" "$@") >"$log" 2>&1 8>&- </dev/null ||
    fail_with_log "cmake failed" "$log"
}

# build PRESET TARGET...: leaves in $build_summary what was done.
build() {
  local preset=$1 log=$logs/build.log jobs line steps hits=$logs/ccache.log
  shift
  jobs=$(build_jobs)
  rm -f "$hits"
  if ! NINJA_STATUS='[%f/%t] ' CCACHE_STATSLOG=$hits nice cmake --build "$root/build/$preset" --parallel "$jobs" \
    --target "$@" 2>&1 8>&- </dev/null |
    while IFS= read -r line; do
      printf '%s\n' "$line" >>"$log"
      case $line in
        '['*/*']'*) line=${line#\[} && progress "${line%%]*}  (${jobs} at a time)" ;;
      esac
    done; then
    fail_with_log "the build failed" "$log" 60
  fi
  steps=$(grep -o '^\[[0-9]*/[0-9]*\]' "$log" | tail -n 1 | tr -d '[]' || true)
  if grep -q '^ninja: no work to do' "$log"; then steps="nothing to do"; fi
  build_summary="${steps:-done}$(ccache_share "$hits")"
}

# How much of what was compiled came from the cache.
ccache_share() {
  local found missed
  [ -e "$1" ] || return 0
  found=$(grep -cE '^(direct|preprocessed)_cache_hit$' "$1" || true)
  missed=$(grep -c '^cache_miss$' "$1" || true)
  if [ $((found + missed)) -eq 0 ]; then return 0; fi
  printf ' (ccache %s %%)' $((100 * found / (found + missed)))
}
