// The types of a validated config.json, derived from the schemas. Types only: nothing of schemas/ is bundled.
// Spec: config.md, config-linux.md. 64-bit integers are numbers while they are safe, else bigints.

import type { Static, TSchema } from "typebox";
import type * as config from "../../schemas/config.ts";
import type * as linux from "../../schemas/linux.ts";
import type * as process from "../../schemas/process.ts";
import type * as resources from "../../schemas/resources.ts";
import type * as seccomp from "../../schemas/seccomp.ts";

/** Readonly all the way down. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;
type Of<Schema extends TSchema> = DeepReadonly<Static<Schema>>;

/** The rules demand a process, and arguments in it, beyond what the schema does; parsing adds a user. */
export interface Config extends Omit<Of<typeof config.Config>, "process" | "linux"> {
  readonly process: Process;
  readonly linux?: Linux;
}
export interface Process extends Omit<Of<typeof process.Process>, "args" | "user"> {
  readonly user: User;
  /** At least one. */
  readonly args: readonly string[];
}

export interface Root extends Of<typeof config.Root> {}
export interface Mount extends Of<typeof config.Mount> {}
export interface Hook extends Of<typeof config.Hook> {}
export interface Hooks extends Of<typeof config.Hooks> {}

export interface User extends Of<typeof process.User> {}
export interface ConsoleSize extends Of<typeof process.ConsoleSize> {}
export interface Capabilities extends Of<typeof process.Capabilities> {}
export interface Rlimit extends Of<typeof process.Rlimit> {}
export interface Scheduler extends Of<typeof process.Scheduler> {}
export interface IoPriority extends Of<typeof process.IoPriority> {}
export interface CpuAffinity extends Of<typeof process.CpuAffinity> {}

export interface Linux extends Of<typeof linux.Linux> {}
export interface Namespace extends Of<typeof linux.Namespace> {}
export interface IdMapping extends Of<typeof linux.IdMapping> {}
export interface TimeOffset extends Of<typeof linux.TimeOffset> {}
export interface Device extends Of<typeof linux.Device> {}
export interface NetDevice extends Of<typeof linux.NetDevice> {}
export interface IntelRdt extends Of<typeof linux.IntelRdt> {}
export interface MemoryPolicy extends Of<typeof linux.MemoryPolicy> {}
export interface Personality extends Of<typeof linux.Personality> {}

export interface Resources extends Of<typeof resources.Resources> {}
export interface DeviceRule extends Of<typeof resources.DeviceRule> {}
export interface Memory extends Of<typeof resources.Memory> {}
export interface Cpu extends Of<typeof resources.Cpu> {}
export interface BlockIo extends Of<typeof resources.BlockIo> {}
export interface WeightDevice extends Of<typeof resources.WeightDevice> {}
export interface ThrottleDevice extends Of<typeof resources.ThrottleDevice> {}
export interface HugepageLimit extends Of<typeof resources.HugepageLimit> {}
export interface NetworkResources extends Of<typeof resources.Network> {}
export interface Rdma extends Of<typeof resources.Rdma> {}

export interface Seccomp extends Of<typeof seccomp.Seccomp> {}
export interface SeccompSyscall extends Of<typeof seccomp.SeccompSyscall> {}
export interface SeccompArg extends Of<typeof seccomp.SeccompArg> {}

export type NamespaceType = Namespace["type"];
export type HookName = keyof Hooks;
export type SeccompAction = Seccomp["defaultAction"];
