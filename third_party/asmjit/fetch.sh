#!/usr/bin/env bash
# fetch.sh VERSION SHA256: puts asmjit's source into the current folder (./src/asmjit/...).
#
# Takes Debian's source package with apt-get, from the archive this machine already installs from:
# the list of sources is a copy of its own with deb turned into deb-src. Needs no root, and leaves
# the machine's own lists alone. Called by repository.bzl.
set -euo pipefail
readonly version=$1 sha256=$2
readonly work=$PWD/apt

# Turns the machine's Debian entries into deb-src entries, in both formats of sources lists.
# Entries of other vendors (whose suite is not the system's code name) are left out.
derive_sources() {
  local codename file
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    awk -v suite="(^|[ \t])$codename([ \t]|\$)" '
      function flush() { if (stanza != "" && ours) print stanza; stanza = ""; ours = 0 }
      /^#/ { next }
      /^[ \t]*$/ { flush(); next }
      /^Types:/ { $0 = "Types: deb-src" }
      /^Suites:/ { ours = substr($0, 8) ~ suite }
      { stanza = stanza $0 "\n" }
      END { flush() }' "$file"
  done >"$work/sources/debian.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -e $file ]] || continue
    awk -v suite="$codename" '
      $1 == "deb" {
        field = 2
        if ($2 ~ /^\[/) { while ($field !~ /\]$/) field++; field++ }
        if ($(field + 1) == suite) { sub(/^[ \t]*deb/, "deb-src"); print }
      }' "$file"
  done >"$work/sources/debian.list"
  if [[ ! -s $work/sources/debian.sources && ! -s $work/sources/debian.list ]]; then
    echo "no Debian archive for $codename in /etc/apt/sources.list or /etc/apt/sources.list.d." >&2
    exit 1
  fi
}

apt() {
  apt-get -q \
    -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::Languages=none \
    "$@"
}

mkdir -p "$work"/{sources,lists/partial,cache/archives/partial,download}
derive_sources
apt update
(cd "$work/download" && apt source --download-only "asmjit=$version")
tarball=$(echo "$work/download"/asmjit_*.orig.tar.xz)
if ! echo "$sha256  $tarball" | sha256sum --check --quiet; then
  echo "the source of asmjit $version is not the one this project was built with:" \
    "its SHA-256 should be $sha256." >&2
  exit 1
fi
tar -xJf "$tarball" --strip-components=1
rm -r "$work"
