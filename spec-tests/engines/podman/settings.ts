// What podman, conmon and buildah read of settings in a box: nothing of the host's, and nothing that needs a network.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Runtime } from "../feature.ts";
import { DEBIAN } from "../programs.ts";

/**
 * Writes containers.conf into `directory`, with a hooks directory beside it, and what can only be in /etc; its path. `programs`:
 * where Debian's packages are unpacked.
 */
export function writeSettings(directory: string, runtime: Runtime, programs = DEBIAN): string {
  mkdirSync("/etc/containers", { recursive: true });
  copyFileSync(join(DEBIAN, "etc/containers/policy.json"), "/etc/containers/policy.json");
  copyFileSync(join(DEBIAN, "usr/share/containers/seccomp.json"), "/etc/containers/seccomp.json");
  writeFileSync(
    "/etc/containers/registries.conf",
    '[[registry]]\nlocation = "127.0.0.1:5000"\ninsecure = true\n',
  );
  mkdirSync(join(directory, "hooks"), { recursive: true });
  const file = join(directory, "containers.conf");
  writeFileSync(file, containersConf(directory, runtime, programs));
  return file;
}

/** Its own limits raise those that the machine has, which may lack the privilege. They are pairs of a kind: `kube play` swaps them. */
function containersConf(directory: string, { name, path }: Runtime, programs: string): string {
  return `
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]

[network]
network_backend = "netavark"

[engine]
runtime = "${name}"
runtime_supports_nocgroup = ["crun", "trunc"]
conmon_path = ["${programs}/usr/bin/conmon"]
helper_binaries_dir = ["${programs}/usr/lib/podman"]
network_cmd_path = "${programs}/usr/bin/slirp4netns"
init_path = "${programs}/usr/bin/catatonit"

[engine.runtimes]
${name} = ["${path}"]
killed = ["${directory}/bin/killed"]
`;
}
