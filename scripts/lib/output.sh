# What ./saga says: numbered stages, progress on long steps, failures with the way out.

if [ -t 1 ]; then on_terminal=yes; else on_terminal=no; fi

# How often a line is printed during a long step when the output is not a terminal.
readonly PROGRESS_SECONDS=15
progress_printed_at=0
stage_label=""

say() { printf '%s\n' "$*"; }

# fail MESSAGE...: each argument is a line.
fail() {
  finish_line
  printf 'saga: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '      %s\n' "$line" >&2; done
  exit 1
}

# Bad flags or arguments.
fail_usage() {
  printf 'saga: %s\n' "$1" >&2
  printf '      ./saga help lists what there is\n' >&2
  exit 2
}

# stage LABEL NAME: begins a line such as "[1/5] build".
stage() {
  stage_label=$(printf '%-5s %-14s' "$1" "$2")
  progress_printed_at=$SECONDS
}

# progress TEXT: how far the stage is; one line that changes on a terminal, a line now and then elsewhere.
progress() {
  if [ $on_terminal = yes ]; then
    printf '\r\033[K%s %.60s' "$stage_label" "$1"
  elif [ $((SECONDS - progress_printed_at)) -ge $PROGRESS_SECONDS ]; then
    progress_printed_at=$SECONDS
    printf '%s %s\n' "$stage_label" "$1"
  fi
}

# stage_ok TEXT: the stage's last word.
stage_ok() {
  [ $on_terminal = no ] || printf '\r\033[K'
  printf '%s %-68s ok\n' "$stage_label" "$1"
  stage_label=""
}

# Leaves the line that progress() may have begun.
finish_line() {
  if [ $on_terminal = yes ] && [ -n "$stage_label" ]; then printf '\n'; fi
  stage_label=""
}

# fail_with_log MESSAGE FILE: the tail of a log says why.
fail_with_log() {
  finish_line
  printf 'saga: %s; the end of %s:\n' "$1" "$2" >&2
  tail -n "${3:-25}" "$2" 2>/dev/null | sed 's/^/      | /' >&2
  exit 1
}

seconds_as_text() {
  if [ "$1" -lt 60 ]; then printf '%s s' "$1"; else printf '%s min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}
