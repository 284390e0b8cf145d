#!/bin/sh
# The first process of a box: what the new namespaces need before they look like a machine; then the command.
# Use: inside.sh DIRECTORY COMMAND...
set -eu
directory=$1
shift

# fstype, mount point, options of each hierarchy, as the host has them.
hierarchies() {
  awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $(i + 1), $5, $(i + 3) }' /proc/self/mountinfo |
    sort -u -k 2,2
}

# The options that choose a hierarchy: controllers, or none and a name.
v1_options() {
  echo "$1" | tr , '\n' | grep -v -E '^(rw|ro|xattr|release_agent=.*|clone_children|cpuset_v2_mode)$' |
    sed 's/^name=/none,name=/' | paste -s -d ,
}

mount_cgroups() {
  all=$(hierarchies)
  links=$(find /sys/fs/cgroup -maxdepth 1 -type l -printf '%f %l\n')
  # Those of the host would be found too, by whoever reads mountinfo.
  umount --recursive --lazy /sys
  mount -t sysfs sysfs /sys
  case $all in
    cgroup\ *) mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup ;;
  esac
  echo "$all" | while read -r type path options; do
    # crun takes no hybrid host: without the hierarchy of v2 it is one of v1.
    [ "$type" = cgroup ] || [ "$path" = /sys/fs/cgroup ] || [ -z "${BOX_V1:-}" ] || continue
    mkdir -p "$path"
    if [ "$type" = cgroup2 ]; then
      mount -t cgroup2 cgroup2 "$path"
    else
      mount -t cgroup -o "$(v1_options "$options")" cgroup "$path"
    fi
  done
  echo "$links" | while read -r name target; do
    [ -z "$name" ] || ln -s "$target" "/sys/fs/cgroup/$name"
  done
  [ ! -f /sys/fs/cgroup/cgroup.controllers ] || delegate
}

# v2 alone: a cgroup that gives controllers to those below has no processes.
delegate() {
  mkdir /sys/fs/cgroup/runner
  echo 0 >/sys/fs/cgroup/runner/cgroup.procs
  for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
  done
}

# What an engine writes to these stays in the box: a layer over each; /run is empty.
hide_host() {
  for path in etc usr/local var/lib var/log; do
    mkdir -p "$directory/layers/$path" "$directory/layers/work/$path"
    mount -t overlay -o "lowerdir=/$path,upperdir=$directory/layers/$path,workdir=$directory/layers/work/$path" overlay "/$path"
  done
  rm -rf /etc/docker /etc/containerd /etc/containers
  # An engine's own layers can't lie on one.
  for name in docker containerd containers; do
    mkdir -p "$directory/data/$name" "/var/lib/$name"
    mount --bind "$directory/data/$name" "/var/lib/$name"
  done
  mount -t tmpfs -o mode=755 tmpfs /run
  # podman keeps its locks there.
  mount -t tmpfs -o mode=1777 tmpfs /dev/shm
  mkdir -p /run/lock "$directory/tmp"
}

# Before /proc shows this namespace only: mountinfo is the same.
mount_cgroups
umount --recursive --lazy /proc
mount -t proc proc /proc
hide_host
hostname box
ip link set lo up
# As on a host, where a volume may be rshared.
mount --make-rshared /
export TMPDIR="$directory/tmp" BOX_DIRECTORY="$directory"
unset BOX_CGROUPS BOX_V1
# The engines' shims become orphans: somebody has to reap them.
exec tini -- "$@"
