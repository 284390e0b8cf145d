// Features of Docker's that podman has as they are: its command line is the same.

import type { CommandLine } from "../command-line.ts";
import { DEVICES } from "../docker/devices.ts";
import { EXEC } from "../docker/exec.ts";
import { FAILURE_FEATURES } from "../docker/failures.ts";
import { FILES } from "../docker/files.ts";
import { LIFECYCLE } from "../docker/lifecycle.ts";
import { LIMITS_FEATURES } from "../docker/limits.ts";
import { MOUNTS } from "../docker/mounts.ts";
import { NAMESPACES } from "../docker/namespaces.ts";
import { NETWORK } from "../docker/network.ts";
import { RUN } from "../docker/run.ts";
import { SECURITY } from "../docker/security.ts";
import { TERMINALS } from "../docker/terminals.ts";
import type { Feature } from "../feature.ts";

/** Those that podman has in other words: they are in this folder, mostly by the same name. Why: */
const OTHERWISE = new Map([
  ["run: environment, working directory, entry point", "a working directory must be there"],
  ["run: as runc, first in PATH", "it looks for runc in /usr first"],
  ["terminal: detach and attach", "the keys must come one by one"],
  ["docker run -i -t IMAGE /bin/bash, and again", "its name"],
  ["rename, wait, top, stats", "kB for KiB"],
  ["events", "other words"],
  ["-m: a real OOM kill", "conmon writes it to its working directory"],
  ["--ulimit", "where one is given those of containers.conf are not, but higher ones"],
  ["update: memory, cpus, pids", "no --pids-limit"],
  ["--init", "another program"],
  ["--hostname, --domainname, --dns, --add-host", "no --domainname"],
  ["--cgroup-parent", "another name beneath it"],
  ["networks: a container reaches its host by the bridge", "the bridge's name"],
  ["failures: the reason, the exit code, nothing left", "126 where Docker has 125"],
  ["failures: a full disk", "126 where Docker has 125"],
  ["failures: a start in too little memory", "126 where Docker has 125"],
]);

const DOCKERS = [
  ...[RUN, TERMINALS, EXEC, LIFECYCLE, FILES, LIMITS_FEATURES, DEVICES, MOUNTS, SECURITY],
  ...[NAMESPACES, NETWORK, FAILURE_FEATURES],
].flat();

export const SHARED: readonly Feature<CommandLine>[] = DOCKERS.filter(
  ({ name }) => !OTHERWISE.has(name),
);
