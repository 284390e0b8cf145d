// The files that containerd with its CRI plugin is started with: its own, and those of the pods' network. docs/engines.md has
// the part that is about the runtime. Pure.

export interface CriPaths {
  /** containerd's own directory: root, state, socket. */
  readonly directory: string;
  /** CNI's programs. */
  readonly plugins: string;
  /** The program that the handler `runtime` calls. */
  readonly runtime: string;
  /** A stand-in for it that can be killed: the handler `killed`. */
  readonly killed: string;
}

/** The cgroup that all pods' are in, as kubelet has one. */
export const PODS = "/kubepods";
export const PAUSE = "docker.io/library/pause:latest";

/** The section is 1.x's; 2.x converts it. */
const CRI = 'plugins."io.containerd.grpc.v1.cri"';

export function containerdConfig({ directory, plugins, runtime, killed }: CriPaths): string {
  return `version = 2
root = "${directory}/root"
state = "${directory}/state"

[grpc]
address = "${directory}/socket"

[${CRI}]
sandbox_image = "${PAUSE}"
disable_tcp_service = true
stream_server_address = "127.0.0.1"
stream_server_port = "0"
# What this machine may lack: no failure of a runtime's.
disable_apparmor = true
restrict_oom_score_adj = true
tolerate_missing_hugetlb_controller = true

[${CRI}.cni]
bin_dir = "${plugins}"
conf_dir = "${directory}/net.d"

[${CRI}.containerd]
default_runtime_name = "default"
${handler("default", runtime)}${handler("trunc", runtime)}${handler("killed", killed)}`;
}

function handler(name: string, program: string): string {
  return `
[${CRI}.containerd.runtimes.${name}]
runtime_type = "io.containerd.runc.v2"
[${CRI}.containerd.runtimes.${name}.options]
BinaryName = "${program}"
`;
}

/** A bridge with addresses of its own; containerd adds the loopback itself. */
export const NETWORK = JSON.stringify({
  cniVersion: "0.4.0",
  name: "pods",
  plugins: [
    {
      type: "bridge",
      bridge: "cri0",
      isGateway: true,
      ipMasq: false,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: "10.88.0.0/16" }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
  ],
});
