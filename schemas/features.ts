// Schema of the features document. Each optional property "MAY either be absent or have the null value".
// Spec: features.md, features-linux.md

import Type, { type TObject, type TSchema } from "typebox";
import { flag, text, textMap, texts } from "./scalars.ts";

const maybe = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const flags = <K extends string>(
  ...names: K[]
): TObject<Record<K, ReturnType<typeof maybe<typeof flag>>>> =>
  Type.Object(Object.fromEntries(names.map((name) => [name, maybe(flag)])) as never) as never;

export const FeaturesLinux = Type.Object({
  namespaces: maybe(texts),
  capabilities: maybe(texts),
  cgroup: maybe(flags("v1", "v2", "systemd", "systemdUser", "rdma")),
  seccomp: maybe(
    Type.Object({
      enabled: maybe(flag),
      actions: maybe(texts),
      operators: maybe(texts),
      archs: maybe(texts),
      knownFlags: maybe(texts),
      supportedFlags: maybe(texts),
    }),
  ),
  apparmor: maybe(flags("enabled")),
  selinux: maybe(flags("enabled")),
  memoryPolicy: maybe(Type.Object({ modes: maybe(texts), flags: maybe(texts) })),
  intelRdt: maybe(flags("enabled", "schemata", "monitoring")),
  mountExtensions: maybe(Type.Object({ idmap: maybe(flags("enabled")) })),
  netDevices: maybe(flags("enabled")),
});

export const Features = Type.Object({
  ociVersionMin: text,
  ociVersionMax: text,
  hooks: maybe(texts),
  mountOptions: maybe(texts),
  linux: maybe(FeaturesLinux),
  annotations: maybe(textMap),
  potentiallyUnsafeConfigAnnotations: maybe(texts),
});
