#!/bin/sh
# packages.sh OUT MIRROR: Debian 12 with the packages of guest/packages as OUT/root.tar, and the kernel of
# bookworm-backports unpacked beside it (OUT/kernel): the generic flavour, since the cloud's has no 9p.
set -eu
out=$1
mirror=$2
here=$(dirname "$(readlink -f "$0")")

include=$(sed 's/#.*//' "$here/guest/packages" | xargs | tr ' ' ,)
security=$(printf %s "$mirror" | sed 's,/debian$,/debian-security,')
export OUT="$out"
# shellcheck disable=SC2016 # expanded by the hook's own shell
fetch_kernel='cd "$OUT" && export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" &&
  name=$(apt-cache depends linux-image-amd64/bookworm-backports | sed -n "s/^ *Depends: //p") &&
  apt-get --quiet=2 -o APT::Sandbox::User=root download "$name/bookworm-backports" &&
  dpkg-deb --extract ./linux-image-*.deb kernel && rm ./linux-image-*.deb'

mmdebstrap --quiet --variant=minbase --include="$include" \
  --aptopt='APT::Install-Recommends "false"' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="$fetch_kernel" \
  bookworm "$out/root.tar" \
  "deb $mirror bookworm main" \
  "deb $mirror bookworm-updates main" \
  "deb $security bookworm-security main" \
  "deb $mirror bookworm-backports main"
