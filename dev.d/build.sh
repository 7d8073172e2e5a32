# ./dev build and doctor: addons, npm package, test libraries. Sourced by ./dev after lib.sh.
# Everything is for this machine; `./dev build --arm64` then builds it for Linux arm64 too, and
# `./dev build --asan` once more with AddressSanitizer, in a folder of its own.

readonly built_stamp=$build_folder/built.stamp

# What the addons, the package and the test libraries are made of.
readonly build_inputs=(
  .bazelrc WORKSPACE BUILD.bazel LICENSE README.md springboard.bzl
  abi ffi_jit v8_glue third_party tests/native dev.d
)

# build [--arm64 | --asan]. One build at a time in a checkout: others wait.
build() {
  local further=true
  case $* in
    "") ;;
    --arm64) further=build_arm64 ;;
    --asan) further=build_asan ;;
    *) fail "./dev build takes --arm64 or --asan and nothing else" 2 ;;
  esac
  mkdir -p "$build_folder"
  (flock 9 && build_all && $further) 9>"$build_folder/lock"
}

build_all() {
  # The stamp's time is the start: what changes during the build counts as changed.
  touch "$built_stamp.new"
  step "building the addons for Node.js 24 and 26"
  run_bazel build //v8_glue/node:springboard
  lay_out_package "$package" "$(bazel_results)"/v8_glue/node/springboard-linux-x64-*.node
  build_native_libraries "$build_folder/native" ""
  mv "$built_stamp.new" "$built_stamp"
}

# The addon for Node.js 26 goes into the package beside the others.
build_arm64() {
  step "building the addon for Node.js 26 on Linux arm64"
  run_bazel build --config=arm64 //v8_glue/node:springboard_node26_arm64
  install -m 644 "$(bazel_results --config=arm64)"/v8_glue/node/springboard-linux-arm64-147.node \
    "$package/prebuilds"
  build_native_libraries "$build_folder/native-arm64" aarch64-linux-gnu-
}

# build/asan: a package whose addon for Node.js 26 has AddressSanitizer and
# UndefinedBehaviorSanitizer, and test libraries that have AddressSanitizer, so that what they read
# and write of ours is looked at too. SPRINGBOARD_BUILD makes the suites use that folder.
build_asan() {
  step "building the addon for Node.js 26 with AddressSanitizer"
  run_bazel build --config=asan //v8_glue/node:springboard_node26_x64
  mkdir -p "$build_folder/asan"
  lay_out_package "$build_folder/asan/springboard-ffi" \
    "$(bazel_results --config=asan)/v8_glue/node/springboard-linux-x64-147.node"
  build_native_libraries "$build_folder/asan/native" "" -fsanitize=address -fno-omit-frame-pointer
}

build_if_changed() {
  local changed
  changed=$(cd "$root" && find "${build_inputs[@]}" -name node_modules -prune -o \
    -newer "$built_stamp" -print -quit 2>/dev/null || true)
  if [[ ! -e $built_stamp || -n $changed ]]; then
    build
  fi
}

run_bazel() {
  # Without the lock: Bazel's server stays, and would keep it.
  (cd "$root" && bazel "$@" >&2 9>&-) || fail "bazel $* failed; its message is above"
}

# bazel_results [OPTIONS]: where the default configuration's results are, or another one's. The link
# bazel-bin follows the latest build, whichever that was.
bazel_results() {
  (cd "$root" && bazel info "$@" bazel-bin 2>/dev/null 9>&-) ||
    fail "bazel info $* bazel-bin failed. Run it to see why"
}

# lay_out_package FOLDER ADDON...: the package as npm would publish it, with the parser that it
# bundles.
lay_out_package() {
  local file source=$root/v8_glue/node folder=$1 modules=$root/third_party/node/node_modules
  step "laying out the npm package in ${folder#"$root"/}"
  rm -rf "$folder.new"
  mkdir -p "$folder.new"/{bin,bindgen,node_modules,parse,prebuilds}
  for file in "$source"/*.{js,mjs,d.ts,d.mts,json} "$root"/{README.md,LICENSE}; do
    [[ $file == */springboard.js ]] || install -m 644 "$file" "$folder.new"
  done
  install -m 755 "$source/springboard.js" "$folder.new/bin"
  install -m 644 "$source"/bindgen/*.js "$folder.new/bindgen"
  install -m 644 "$source"/parse/*.js "$folder.new/parse"
  cp -R "$modules/@lezer" "$folder.new/node_modules"
  install -m 644 "${@:2}" "$folder.new/prebuilds"
  rm -rf "$folder"
  mv "$folder.new" "$folder"
}

# build_native_libraries FOLDER PREFIX [OPTIONS]: FOLDER/libX.so from every tests/native/X.c and
# X.cc, by the compilers whose names begin with PREFIX; from X.cc libX_clang.so, too, and
# libX_static.so, which has a C++ run-time library of its own and shows nothing of it.
build_native_libraries() {
  local source library options=("${@:3}")
  mkdir -p "$1"
  for source in "$root"/tests/native/*.c "$root"/tests/native/*.cc; do
    library=$1/lib$(basename "${source%.*}")
    if [[ $source == *.cc ]]; then
      build_library "$source" "$library.so" "$2g++" -std=c++20 "${options[@]}"
      build_library "$source" "${library}_clang.so" \
        clang++ -std=c++20 ${2:+--target="${2%-}"} "${options[@]}"
      build_library "$source" "${library}_static.so" "$2g++" -std=c++20 \
        -static-libstdc++ -Wl,--exclude-libs,libstdc++.a "${options[@]}"
    else
      build_library "$source" "$library.so" "$2gcc" -std=c17 "${options[@]}"
    fi
  done
}

# build_library SOURCE LIBRARY COMPILER [OPTIONS]
build_library() {
  [[ $2 -nt $1 && $2 -nt ${BASH_SOURCE[0]} ]] && return
  step "building ${2#"$root"/}"
  { "${@:3}" -O2 -fPIC -shared -Wall -Wextra -pthread "$1" -lm -o "$2.new" >&2 &&
    mv "$2.new" "$2"; } || fail "$1 does not compile; the message is above"
}

doctor() {
  local node
  echo "system: $(. /etc/os-release && echo "$PRETTY_NAME"), $(uname -srm), $(nproc) processors"
  echo "g++: $(g++ --version | head -1)"
  echo "clang: $(clang --version | head -1)"
  echo "bazel: $(dpkg-query -W -f '${Version}' bazel-bootstrap)"
  run_bazel build //ffi_jit:doctor
  "$(bazel_results)/ffi_jit/doctor"
  for node in "$node26" "$node24"; do
    "$node" "$package/bin/springboard.js" doctor
  done
}
