// The messages of CRI, as far as features use them; names and numbers are those of api.proto (fetch/cri.sh). What a
// request leaves out is its type's zero; an answer has all its fields.

/** A field that its message may lack. */
export interface Value {
  readonly value: number;
}

export type NamespaceMode = "POD" | "CONTAINER" | "NODE" | "TARGET";

export interface NamespaceOptions {
  readonly network?: NamespaceMode;
  readonly pid?: NamespaceMode;
  readonly ipc?: NamespaceMode;
  /** With TARGET: the container whose namespace it is. */
  readonly targetId?: string;
}

export interface SecurityProfile {
  readonly profileType: "RuntimeDefault" | "Unconfined" | "Localhost";
  readonly localhostRef?: string;
}

export interface PodSecurity {
  readonly namespaceOptions?: NamespaceOptions;
  readonly runAsUser?: Value;
  readonly readonlyRootfs?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly privileged?: boolean;
  readonly seccomp?: SecurityProfile;
}

export interface PodConfig {
  readonly metadata: { name: string; uid: string; namespace: string; attempt: number };
  readonly hostname?: string;
  readonly logDirectory?: string;
  readonly dnsConfig?: { servers?: string[]; searches?: string[]; options?: string[] };
  readonly portMappings?: readonly { containerPort: number; hostPort: number }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux?: {
    readonly cgroupParent?: string;
    readonly securityContext?: PodSecurity;
    readonly sysctls?: Readonly<Record<string, string>>;
  };
}

export interface Resources {
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpuShares?: number;
  readonly memoryLimitInBytes?: number;
  readonly memorySwapLimitInBytes?: number;
  readonly oomScoreAdj?: number;
  readonly cpusetCpus?: string;
}

export interface ContainerSecurity extends PodSecurity {
  readonly capabilities?: {
    readonly addCapabilities?: readonly string[];
    readonly dropCapabilities?: readonly string[];
  };
  readonly runAsGroup?: Value;
  readonly runAsUsername?: string;
  readonly noNewPrivs?: boolean;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
}

export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readonly?: boolean;
  readonly propagation?:
    | "PROPAGATION_PRIVATE"
    | "PROPAGATION_HOST_TO_CONTAINER"
    | "PROPAGATION_BIDIRECTIONAL";
}

export interface ContainerConfig {
  readonly metadata: { name: string; attempt: number };
  readonly image: { image: string };
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly envs?: readonly { key: string; value: Buffer }[];
  readonly mounts?: readonly Mount[];
  readonly devices?: readonly { containerPath: string; hostPath: string; permissions: string }[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly logPath?: string;
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly tty?: boolean;
  readonly linux?: {
    readonly resources?: Resources;
    readonly securityContext?: ContainerSecurity;
  };
}

export interface PodStatus {
  readonly id: string;
  readonly state: "SANDBOX_READY" | "SANDBOX_NOTREADY";
  readonly network: { readonly ip: string } | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly runtimeHandler: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly state:
    | "CONTAINER_CREATED"
    | "CONTAINER_RUNNING"
    | "CONTAINER_EXITED"
    | "CONTAINER_UNKNOWN";
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
}

/** What is used of `memory` and `cpu` in the statistics of a container and of a pod. */
export interface Usage {
  readonly cpu: { readonly usageCoreNanoSeconds: Value } | null;
  readonly memory: { readonly workingSetBytes: Value } | null;
}

export interface ContainerStats extends Usage {
  readonly attributes: { readonly id: string };
}

export interface PodStats {
  readonly attributes: { readonly id: string };
  readonly linux:
    | (Usage & {
        readonly process: { readonly processCount: Value } | null;
        readonly containers: readonly ContainerStats[];
      })
    | null;
}

/** A call of the service: what it takes and what it gives. */
interface Call<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

type PodId = { podSandboxId: string };
type ContainerId = { containerId: string };
type Done = Record<string, never>;
type Url = { url: string };
type Streams = { stdin?: boolean; stdout?: boolean; stderr?: boolean; tty?: boolean };

/** The calls of RuntimeService, and one of ImageService. */
export interface Calls {
  Version: Call<Done, { runtimeName: string; runtimeVersion: string }>;
  Status: Call<Done, { status: { conditions: { type: string; status: boolean }[] } }>;
  RunPodSandbox: Call<{ config: PodConfig; runtimeHandler?: string }, PodId>;
  StopPodSandbox: Call<PodId, Done>;
  RemovePodSandbox: Call<PodId, Done>;
  PodSandboxStatus: Call<PodId, { status: PodStatus }>;
  ListPodSandbox: Call<
    { filter?: { labelSelector?: Record<string, string> } },
    { items: { id: string; metadata: { name: string } }[] }
  >;
  CreateContainer: Call<PodId & { config: ContainerConfig; sandboxConfig: PodConfig }, ContainerId>;
  StartContainer: Call<ContainerId, Done>;
  StopContainer: Call<ContainerId & { timeout: number }, Done>;
  RemoveContainer: Call<ContainerId, Done>;
  ListContainers: Call<
    { filter?: { podSandboxId?: string; labelSelector?: Record<string, string> } },
    { containers: { id: string; state: ContainerStatus["state"] }[] }
  >;
  ContainerStatus: Call<ContainerId, { status: ContainerStatus }>;
  UpdateContainerResources: Call<ContainerId & { linux: Resources }, Done>;
  ReopenContainerLog: Call<ContainerId, Done>;
  ExecSync: Call<
    ContainerId & { cmd: readonly string[]; timeout?: number },
    { stdout: Buffer; stderr: Buffer; exitCode: number }
  >;
  Exec: Call<ContainerId & { cmd: readonly string[] } & Streams, Url>;
  Attach: Call<ContainerId & Streams, Url>;
  PortForward: Call<PodId & { port: readonly number[] }, Url>;
  ContainerStats: Call<ContainerId, { stats: ContainerStats }>;
  ListContainerStats: Call<{ filter?: { podSandboxId?: string } }, { stats: ContainerStats[] }>;
  ListPodSandboxStats: Call<{ filter?: { id?: string } }, { stats: PodStats[] }>;
  ImageStatus: Call<{ image: { image: string } }, { image: { id: string } | null }>;
}
