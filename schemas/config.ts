// Schema of config.json on Linux. Other platforms' sections are accepted as they are; unknown properties are ignored.
// Spec: config.md

import Type from "typebox";
import { idMappings, Linux } from "./linux.ts";
import { Process } from "./process.ts";
import { flag, integer, text, textMap, texts } from "./scalars.ts";

export const Root = Type.Object({ path: text, readonly: Type.Optional(flag) });

export const Mount = Type.Object({
  destination: text,
  type: Type.Optional(text),
  source: Type.Optional(text),
  options: Type.Optional(texts),
  uidMappings: idMappings,
  gidMappings: idMappings,
});

export const Hook = Type.Object({
  path: text,
  args: Type.Optional(texts),
  env: Type.Optional(texts),
  /** Seconds. */
  timeout: Type.Optional(integer(1, 2 ** 31 - 1)),
});
const hooks = Type.Optional(Type.Array(Hook));

export const Hooks = Type.Object({
  prestart: hooks,
  createRuntime: hooks,
  createContainer: hooks,
  startContainer: hooks,
  poststart: hooks,
  poststop: hooks,
});

const foreign = Type.Optional(Type.Object({}));

export const Config = Type.Object({
  ociVersion: text,
  root: Root,
  mounts: Type.Optional(Type.Array(Mount)),
  process: Type.Optional(Process),
  hostname: Type.Optional(text),
  domainname: Type.Optional(text),
  linux: Type.Optional(Linux),
  hooks: Type.Optional(Hooks),
  annotations: Type.Optional(textMap),
  solaris: foreign,
  windows: foreign,
  vm: foreign,
  zos: foreign,
  freebsd: foreign,
});
