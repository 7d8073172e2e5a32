# Shared by the steps of ./dev: places, messages, root. Sourced, with $root set.

readonly build_folder=$root/build
readonly package=$build_folder/springboard-ffi
readonly node_modules=$root/third_party/node/node_modules
readonly node26=$node_modules/node26/bin/node
readonly node24=$node_modules/node24/bin/node
readonly node26_arm64=$node_modules/node26-arm64/bin/node

# One line about what happens now.
step() {
  printf 'dev: %s\n' "$*" >&2
}

# fail MESSAGE [EXIT CODE]: the reason and the remedy in one message.
fail() {
  printf 'dev: error: %s\n' "$1" >&2
  exit "${2:-1}"
}

# as_root COMMAND...: directly as root, otherwise through sudo.
as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root and there is no sudo: $*. Run that as root, then this command again"
  fi
}
