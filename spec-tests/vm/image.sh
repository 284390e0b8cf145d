#!/bin/sh
# image.sh PACKAGES OUT NODE: from what packages.sh made, OUT/vmlinuz, OUT/initrd and OUT/root.img, a disk with
# Debian, the kernel's modules, the host's Node and the files of guest/. Needs root, but no mount.
set -eu
packages=$1
out=$2
node=$3
here=$(dirname "$(readlink -f "$0")")
root=$out/root
initrd=$out/initrd.d

fill_root() {
  mkdir "$root"
  tar --extract --file "$packages/root.tar" --directory "$root" --numeric-owner --exclude './dev/*'
  cp "$packages"/kernel/boot/vmlinuz-* "$out/vmlinuz"
  cp --archive "$packages/kernel/lib/modules" "$root/usr/lib/"
  version=$(ls "$root/usr/lib/modules")
  # A third of the image, for hardware that no guest has.
  for name in gpu media staging infiniband iio hwmon scsi video mmc mtd net/wireless net/ethernet; do
    rm -rf "$root/usr/lib/modules/$version/kernel/drivers/$name"
  done
  rm -rf "$root/usr/lib/modules/$version/kernel/sound"
  depmod --basedir "$root" "$version"

  install -D --mode 755 "$node" "$root/usr/local/bin/node"
  chroot "$root" node --version >/dev/null || {
    echo "error: $node does not run on Debian 12: use a build of nodejs.org" >&2
    exit 1
  }
}

configure_root() {
  install --mode 755 --target-directory "$root/usr/local/sbin" "$here/guest/agent"
  install --mode 755 --target-directory "$root/usr/local/bin" "$here/guest/as-user"
  install -D --mode 644 --target-directory "$root/etc/systemd/system" "$here"/guest/units/*
  install -D --mode 644 "$here/guest/modules.conf" "$root/etc/modules-load.d/vm.conf"
  install -D --mode 644 "$here/guest/bfq.rules" "$root/etc/udev/rules.d/60-bfq.rules"
  install -D --mode 644 "$here/guest/delegate.conf" "$root/etc/systemd/system/user@.service.d/delegate.conf"
  ln -s vm.target "$root/etc/systemd/system/default.target"
  sed 's/#.*//' "$here/guest/masked" | xargs -n 1 | while read -r unit; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  # shellcheck disable=SC2046 # a list
  chroot "$root" systemctl --quiet disable $(sed 's/#.*//' "$here/guest/disabled")

  echo vm >"$root/etc/hostname"
  printf '127.0.0.1\tlocalhost vm\n::1\tlocalhost vm\n' >"$root/etc/hosts"
  # No nosuid, no nodev: tests bind directories of it and look for the flags that they asked for.
  printf 'tmpfs /tmp tmpfs mode=1777 0 0\n' >"$root/etc/fstab"
  # Given, because a first boot would make one and reload everything.
  echo 7472756e637472756e637472756e6376 >"$root/etc/machine-id"
  # The ordinary user, with subordinate ids and a service manager that runs without a login.
  chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash user
  mkdir -p "$root/var/lib/systemd/linger"
  touch "$root/var/lib/systemd/linger/user"
}

make_initrd() {
  mkdir -p "$initrd/bin" "$initrd/dev" "$initrd/modules" "$initrd/root"
  cp "$(command -v busybox)" "$initrd/bin/busybox"
  install --mode 755 "$here/guest/init" "$initrd/init"
  number=100
  modprobe --dirname "$root" --set-version "$version" --show-depends --all virtio_pci virtio_blk ext4 crc32c_generic |
    while read -r insmod path _; do
      [ "$insmod" = insmod ] || continue
      number=$((number + 1))
      # In the order of their dependencies, which the file names keep.
      case $path in
        *.xz) xz --decompress --stdout "$path" >"$initrd/modules/$number.ko" ;;
        *) cp "$path" "$initrd/modules/$number.ko" ;;
      esac
    done
  (cd "$initrd" && find . | busybox cpio -o -H newc 2>/dev/null) >"$out/initrd"
  rm -rf "$initrd"
}

fill_root
configure_root
make_initrd
# No journal: a run's changes are thrown away.
truncate --size 4G "$out/root.img"
mkfs.ext4 -q -O ^has_journal -E root_owner=0:0 -d "$root" "$out/root.img"
rm -rf "$root"
