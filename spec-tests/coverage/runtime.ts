// Which tests check which sentence of runtime.md and runtime-linux.md.

import type { Rule } from "../../scripts/spec-coverage/link.ts";

const OPS = "runtime/operations";
const FAILS = "config/hooks-failure";

export const RUNTIME: readonly Rule[] = [
  {
    at: "runtime.md#scope-of-a-container",
    tests: [`${OPS}: twenty containers one after the other`, `${OPS}: ten containers at once`],
  },
  {
    at: "runtime.md#state",
    says: /`(?:ociVersion|id|status|pid|bundle)` \(|^When serialized/,
    tests: [
      `${OPS}: state of a created container`,
      `${OPS}: state of a running container`,
      `${OPS}: state of a stopped container`,
      `${OPS}: a relative --bundle; state has it absolute`,
    ],
  },
  {
    at: "runtime.md#state",
    says: /unique across all containers/,
    tests: [`${OPS}: create with an id in use`, `${OPS}: one id at once`],
  },
  {
    at: "runtime.md#state",
    says: /new runtime states/,
    tests: ["runtime/pause: "],
    because: "`paused` is the one more that there is",
  },

  {
    at: "runtime.md#lifecycle",
    says: /^The container's runtime environment MUST be created|requested in the/,
    tests: [
      `${OPS}: create does not run the program, start does`,
      "config/hooks-failure: hooks see",
    ],
  },
  {
    at: "runtime.md#lifecycle",
    says: /create the environment specified/,
    tests: ["errors/bad-bundles: "],
  },
  {
    at: "runtime.md#lifecycle",
    says: /Any updates/,
    tests: [`${OPS}: later edits of config.json`, `${OPS}: later edits of hooks`],
  },
  ...["prestart", "createRuntime", "createContainer"].flatMap((kind): Rule[] => [
    {
      at: "runtime.md#lifecycle",
      says: new RegExp(`^The \`${kind}\` hooks`),
      tests: ["config/hooks: each kind runs in its operation, in the listed order"],
    },
    {
      at: "runtime.md#lifecycle",
      says: new RegExp(`^If any \`${kind}\``),
      tests: [`${FAILS}: ${kind} fails`],
    },
  ]),
  {
    at: "runtime.md#lifecycle",
    says: /^The `startContainer` hooks/,
    tests: ["config/hooks: startContainer runs inside the container"],
  },
  {
    at: "runtime.md#lifecycle",
    says: /^If any `startContainer`/,
    tests: [`${FAILS}: startContainer fails`],
  },
  {
    at: "runtime.md#lifecycle",
    says: /^The runtime MUST run the user-specified/,
    tests: ["config/process: args are passed", "runtime/run: exit code"],
  },
  {
    at: "runtime.md#lifecycle",
    says: /^The `poststart` hooks/,
    tests: ["config/hooks: poststart runs in start, after startContainer"],
  },
  { at: "runtime.md#lifecycle", says: /^If any `poststart`/, tests: [`${FAILS}: poststart fails`] },
  {
    at: "runtime.md#lifecycle",
    says: /destroyed by undoing/,
    tests: ["config-linux/cgroups: delete removes", "runtime/killed-create: "],
    because: "besides, every test fails when something is left after `delete`",
  },
  {
    at: "runtime.md#lifecycle",
    says: /^The `poststop` hooks/,
    tests: ["config/hooks: delete --force runs poststop", "config/hooks: each kind runs"],
  },
  { at: "runtime.md#lifecycle", says: /^If any `poststop`/, tests: [`${FAILS}: poststop fails`] },

  {
    at: "runtime.md#errors",
    tests: ["errors/bad-bundles: ", "denied/denied: "],
    because: "each of these looks for what was left behind, before any `delete`",
  },
  {
    at: "runtime.md#warnings",
    tests: [
      `${FAILS}: poststop fails`,
      "config/capabilities: an unknown name",
      "config/mount-options: bind mounts pass over",
    ],
  },
  { at: "runtime.md#operations", tests: [`${OPS}: `] },
  { at: "runtime.md#query-state", says: /not provided/, tests: [`${OPS}: state without an id`] },
  {
    at: "runtime.md#query-state",
    says: /does not exist/,
    tests: [`${OPS}: state of an id that does not exist`],
  },
  {
    at: "runtime.md#query-state",
    says: /return the state/,
    tests: [
      `${OPS}: state of a created`,
      `${OPS}: state of a running`,
      `${OPS}: state of a stopped`,
    ],
  },

  {
    at: "runtime.md#create",
    says: /not provided a path/,
    tests: [
      "runtime/cli: more ids than one",
      "errors/bad-bundles: a bundle directory that is missing",
      `${OPS}: the bundle is the working directory by default`,
    ],
    because: "without `--bundle` it is the working directory, as runc's",
  },
  {
    at: "runtime.md#create",
    says: /valid in any other way/,
    tests: [
      "runtime/ids: ",
      `${OPS}: create with an id in use`,
      "errors/bad-bundles: an id that exists",
    ],
  },
  {
    at: "runtime.md#create",
    says: /create a new container/,
    tests: [`${OPS}: state of a created`],
  },
  {
    at: "runtime.md#create",
    says: /except for `process`/,
    tests: [
      "config/hooks: createContainer runs in the container's namespaces",
      "config-linux/cgroups: the process is in it before it runs",
    ],
  },
  {
    at: "runtime.md#create",
    says: /`process.args` MUST NOT/,
    tests: [`${OPS}: create does not run the program, start does`],
  },
  { at: "runtime.md#create", says: /apply a property/, tests: ["errors/bad-bundles: "] },

  { at: "runtime.md#start", says: /not provided/, tests: [`${OPS}: start without an id`] },
  {
    at: "runtime.md#start",
    says: /that is not `created`/,
    tests: [`${OPS}: start of a running`, `${OPS}: start of a stopped`, `${OPS}: start of an id`],
  },
  {
    at: "runtime.md#start",
    says: /run the user-specified/,
    tests: [`${OPS}: create does not run`],
  },
  {
    at: "runtime.md#start",
    says: /`process` was not set/,
    tests: ["errors/bad-bundles: process is missing"],
    because: "refused by `create` already, as runc does it",
  },

  { at: "runtime.md#kill", says: /not provided/, tests: [`${OPS}: kill without an id`] },
  {
    at: "runtime.md#kill",
    says: /neither `created` nor/,
    tests: [`${OPS}: kill of a stopped`, `${OPS}: kill of an id that does not exist`],
  },
  { at: "runtime.md#kill", says: /send the specified/, tests: ["runtime/kill: kill "] },

  { at: "runtime.md#delete", says: /not provided/, tests: [`${OPS}: delete without an id`] },
  {
    at: "runtime.md#delete",
    says: /that is not `stopped`/,
    tests: [`${OPS}: delete of a running container`, `${OPS}: delete of a created container works`],
    because:
      "one that is `created` is deleted: engines need it, runc and crun do it (docs/conformance.md)",
  },
  {
    at: "runtime.md#delete",
    says: /delete the resources/,
    tests: ["config-linux/cgroups: delete removes", `${OPS}: delete of a stopped container works`],
  },
  {
    at: "runtime.md#delete",
    says: /not created by this container/,
    tests: ["config-linux/namespaces: network with a path is joined"],
    because:
      "the suite's own test of it is `delete_only_create_resources` (docs/conformance.md); bundle, root and what was mounted from the host stay in every test",
  },

  { at: "runtime-linux.md#dev-symbolic-links", tests: ["config-linux/devices: links in /dev"] },
];
