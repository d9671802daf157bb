# Debian packages: what is missing is installed, what is there is not touched.

readonly PACKAGES_TO_RUN=(
  build-essential cmake ninja-build ccache lld pkg-config
  libgrpc++-dev libgrpc-dev grpc-proto protobuf-compiler protobuf-compiler-grpc libprotobuf-dev
  libpqxx-dev librdkafka-dev libspdlog-dev libfmt-dev libyaml-cpp-dev libcli11-dev nlohmann-json3-dev
  prometheus-cpp-dev libre2-dev libssl-dev libcpp-httplib-dev libgoogle-perftools-dev postgresql-15
  kcat)
readonly PACKAGES_TO_TEST=(
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev clang-format-16 python3
  libprotoc-dev python3-grpcio python3-protobuf openssl)
# For the sanitizers and ./saga tidy.
readonly PACKAGES_TO_CHECK=(clang-16 clang-tidy-16)
readonly PACKAGES_FOR_KAFKA=(maven openjdk-17-jre-headless)

missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    case $'\n'"$installed"$'\n' in
      *$'\n'"installed $package"$'\n'*) ;;
      *) printf '%s\n' "$package" ;;
    esac
  done
}

# need_packages yes|no PACKAGE...: the first argument says whether apt may be used.
need_packages() {
  local may_install=$1 missing line
  shift
  command -v dpkg-query >/dev/null || fail "this is not Debian: install what README.md lists, then use --no-install"
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  line="apt-get update && apt-get install -y ${missing[*]}"
  if [ "$may_install" = no ]; then fail "packages are missing and --no-install was given; as root:" "$line"; fi
  if is_root; then
    install_packages "" "${missing[@]}"
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
    install_packages sudo "${missing[@]}"
  else
    fail "packages are missing, and this is neither root nor a user with sudo; as root:" "$line"
  fi
}

# install_packages ""|sudo PACKAGE...
install_packages() {
  local sudo=$1 log=$logs/apt.log done_count=0 total line
  shift
  stage setup packages
  say "setup packages       ${#} missing: $*"
  : >"$log"
  local apt=(${sudo:+"$sudo"} env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600)
  # A mirror that cannot be reached shows at the install, if what is there is not enough.
  "${apt[@]}" update >>"$log" 2>&1 8>&- || say "setup packages       apt-get update failed (see $log); trying all the same"
  without_main_cluster "$sudo"
  total=$("${apt[@]}" install --simulate --no-install-recommends "$@" 2>>"$log" | grep -c '^Inst' || true)
  if ! "${apt[@]}" install -y --no-install-recommends "$@" 2>&1 8>&- </dev/null |
    while IFS= read -r line; do
      printf '%s\n' "$line" >>"$log"
      case $line in "Setting up "*) progress "$((done_count += 1))/$total set up" ;; esac
    done; then
    fail_with_log "apt-get install failed" "$log"
  fi
  stage_ok "$total installed"
}

# PostgreSQL's package would start a cluster on port 5432 that nobody asked for.
without_main_cluster() {
  local sudo=$1 folder=/etc/postgresql-common
  [ ! -e $folder/createcluster.conf ] || return 0
  $sudo mkdir -p $folder
  printf 'create_main_cluster = false\n' | $sudo tee $folder/createcluster.conf >/dev/null
}
