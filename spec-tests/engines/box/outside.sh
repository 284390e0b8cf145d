#!/bin/sh
# Runs a command in a box, and takes the box down afterwards, however the command or the caller ended: see box.ts.
# Standard input is the life line: when its other end closes, the box ends. Use: outside.sh DIRECTORY COMMAND...
# BOX_CGROUPS: the directories, one for each hierarchy, separated by colons, that the box's cgroups are to be.
set -eu
here=$(dirname "$(readlink -f "$0")")
directory=$1
shift
machine=

cgroups() {
  echo "$BOX_CGROUPS" | tr : '\n'
}

enter_cgroups() {
  cgroups | while read -r group; do
    mkdir -p "$group"
    # A new cgroup of v1's cpuset has neither CPUs nor memory, and takes no process.
    for file in cpuset.cpus cpuset.mems; do
      [ ! -f "$group/../cgroup.clone_children" ] || [ ! -f "$group/$file" ] || cat "$group/../$file" >"$group/$file"
    done
  done
  # Not in a subshell of its own: 0 is whoever writes it.
  for group in $(cgroups); do echo 0 >"$group/cgroup.procs"; done
}

# What was killed may take a moment to be gone.
remove_cgroups() {
  tries=0
  while [ "$tries" -lt 300 ]; do
    left=
    for group in $(cgroups); do
      [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || left=$group
    done
    [ -n "$left" ] || return 0
    tries=$((tries + 1))
    sleep 0.1
  done
  echo "box: cannot remove $left: $(cat "$left/cgroup.procs" | tr '\n' ' ')" >&2
  return 1
}

exec 3<&0 9>"$directory/lock"
flock --nonblock 9
trap '[ -z "$machine" ] || kill -KILL $machine 2>/dev/null || true' INT TERM HUP

(
  enter_cgroups
  exec 3<&- 9>&- </dev/null
  exec setpriv --pdeathsig KILL unshare --mount --pid --net --ipc --uts --cgroup --propagation private --fork --kill-child \
    sh "$here/inside.sh" "$directory" "$@"
) &
machine=$!
(
  read -r _ <&3 || true
  kill -KILL $machine
) 2>/dev/null 9>&- &
watcher=$!

status=129
while [ -d /proc/$machine ] && [ "$status" -gt 128 ]; do
  wait $machine && status=0 || status=$?
done
kill $watcher 2>/dev/null || true
remove_cgroups || status=1
rm -rf --one-file-system "$directory"
exit "$status"
