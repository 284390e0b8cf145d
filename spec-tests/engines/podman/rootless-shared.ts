// Which of root's features are an ordinary user's as well.

import type { Feature } from "../feature.ts";
import type { Podman } from "./engine.ts";
import { ROOTLESS } from "./rootless-features.ts";

/** Features of podman's that an ordinary user does not have, or has in the words above. Why: */
const NOT_HIS = new Map([
  ...[
    "pause and unpause",
    "-m: a real OOM kill",
    "--cpus: real throttling",
    "--pids-limit: a real refusal",
    "--cpuset-cpus, --cpu-shares, --memory-reservation",
    "--blkio-weight",
    "--device-read-bps, --device-write-iops",
    "update: memory, cpus, shares",
    "rename, wait, top, stats",
    "--cgroup-parent",
    "--systemd always",
    "pods: shared namespaces, stop, start, kill, pause",
    "pods: kube play, kube generate",
  ].map((name) => [name, "on v1 he has no cgroups"] as const),
  ...[
    "--device: its rwm bits",
    "--device-cgroup-rule",
    "volumes: rslave and rshared",
    "masked and read-only paths",
    "init, start, mount, unmount",
    "run: --rootfs instead of an image",
    "checkpoint and restore",
    "--network ns:PATH",
    "failures: a full disk",
  ].map((name) => [name, "only root may"] as const),
  ...[
    "networks: connect and disconnect while it runs",
    "networks: a container reaches its host by the bridge",
  ].map((name) => [name, "slirp4netns has no bridge"] as const),
  ...["--userns auto", "--userns: another container's"].map(
    (name) => [name, "it asks for ids that are not his"] as const,
  ),
  ["--pid, --ipc, --uts, --network: own and host", "a box has no /dev/mqueue to bind"],
  ["--ulimit: a raised one", "only root may"],
  ...["conmon", "podman"].map(
    (victim) =>
      [`SIGKILL for ${victim} in create, start, exec, delete`, "root's says as much"] as const,
  ),
]);

/** Of root's, what `make test` tries for him as well. */
const QUICK = new Set(["run: exit codes", "exec: exit codes", "terminal: detach and attach"]);

/** Those of root's that are an ordinary user's too, and his own. */
export function his(features: readonly Feature<Podman>[]): Feature<Podman>[] {
  const own = new Set(ROOTLESS.map(({ name }) => name));
  const shared = features.filter(({ name }) => !NOT_HIS.has(name) && !own.has(name));
  return [
    ...shared.map((feature) => ({ ...feature, isQuick: QUICK.has(feature.name) })),
    ...ROOTLESS,
  ];
}
