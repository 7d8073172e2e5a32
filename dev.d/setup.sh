# ./dev setup: Debian's packages, Node.js releases and TypeScript from npm; and for the benchmarks
# what only they need. Sourced by ./dev after lib.sh.
#
# The result is remembered in build/setup.stamp (build/setup-benchmarks.stamp) under a hash of what
# is wanted, so that a second run costs one hash.

readonly debian_packages=(
  # Bazel 4.2.3, and the rules it would otherwise download.
  bazel-bootstrap bazel-skylib bazel-platforms bazel-rules-java bazel-rules-proto
  # Compilers, checkers, the scripts' language.
  g++ clang clang-tidy clang-format python3
  # For fetching and unpacking asmjit's source package.
  ca-certificates dpkg-dev xz-utils
  # Compilers and linkers for other systems, and what runs their programs here. llvm: llvm-objcopy.
  g++-aarch64-linux-gnu qemu-user-static g++-mingw-w64-x86-64-posix wine wine64 lld llvm
  # libFuzzer, and what sees what the sanitizers do not.
  libclang-rt-dev valgrind libc6-dbg
  # The scripts' tables and progress lines.
  python3-tabulate python3-tqdm
  # Libraries of the tests, the benchmarks and the examples.
  googletest libbenchmark-dev libffi-dev
  zlib1g zlib1g-dev libsqlite3-0 libsqlite3-dev libcurl4 libcurl4-openssl-dev
)

# For charts.
readonly benchmark_packages=(python3-matplotlib)

setup() {
  local wanted stamp=$build_folder/setup.stamp
  wanted=$(cat "$root/dev.d/setup.sh" "$root/third_party/node/package-lock.json" | sha256sum)
  if [[ -e $stamp && $(<"$stamp") == "$wanted" &&
    -x $node26 && -x $node24 && -x $node26_arm64 ]]; then
    return
  fi
  check_system
  install_debian_packages "${debian_packages[@]}"
  # Not Debian's npm where there is another: its nodejs excludes other vendors'.
  command -v npm >/dev/null || install_debian_packages npm
  install_node
  mkdir -p "$build_folder"
  echo "$wanted" >"$stamp"
}

# The benchmarks' charts, and the peers they measure.
setup_benchmarks() {
  local wanted stamp=$build_folder/setup-benchmarks.stamp
  wanted=$(cat "$root/dev.d/setup.sh" "$root/benchmarks/peers/package-lock.json" | sha256sum)
  if [[ -e $stamp && $(<"$stamp") == "$wanted" && -d $root/benchmarks/peers/node_modules ]]; then
    return
  fi
  install_debian_packages "${benchmark_packages[@]}"
  step "installing the peers (Deno, Bun, koffi, ffi-rs) from npm into benchmarks/peers"
  install_locked "$root/benchmarks/peers"
  echo "$wanted" >"$stamp"
}

check_system() {
  [[ $(uname -sm) == "Linux x86_64" ]] ||
    fail "this checkout builds on Linux x86-64, and this is $(uname -sm). Use such a machine"
  command -v apt-get >/dev/null ||
    fail "there is no apt-get here. Use Debian 12: this needs its ${debian_packages[*]} npm"
}

# Installs those of the named packages that are missing.
install_debian_packages() {
  local missing
  missing=$(missing_packages "$@")
  [[ -n $missing ]] || return 0
  step "installing from Debian:" $missing
  apt_install $missing && return
  step "refreshing apt's lists"
  as_root apt-get -qq update >&2 || true
  apt_install $missing ||
    fail "apt-get failed, its message is above. It needs Debian 12's archive and the network"
}

missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u)
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y --no-install-recommends "$@" >&2
}

# --force: one of them is for another processor than this machine's. Versions and checksums are
# package-lock.json's all the same.
install_node() {
  step "installing Node.js 26 and 24 and TypeScript from npm into third_party/node"
  install_locked "$root/third_party/node" --force
}

# install_locked FOLDER [OPTIONS]: what FOLDER/package-lock.json says.
install_locked() {
  (cd "$1" && npm ci "${@:2}" --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
    fail "npm ci failed in ${1#"$root"/}, its message is above. It needs the network"
}
