import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsWith } from "../testing.ts";

type Case = readonly [
  name: string,
  patch: { [pointer: string]: unknown },
  problems: readonly string[],
];

const test = suite("rules/mounts");

const MAP = [{ containerID: 0, hostID: 1000, size: 10 }];
const mount = (rest: object) => ({ "/mounts": [{ destination: "/a", ...rest }] });
const BIND = ["rbind", "ridmap"];

const CASES: readonly Case[] = [
  ["a destination may be relative", { "/mounts": [{ destination: "a" }] }, []],
  [
    "a destination is something",
    { "/mounts": [{ destination: "" }] },
    ["/mounts/0/destination: must not be empty"],
  ],
  ["id mapping by mappings", mount({ options: BIND, uidMappings: MAP, gidMappings: MAP }), []],
  [
    "id mapping without the option",
    mount({ options: ["bind"], uidMappings: MAP, gidMappings: MAP }),
    [],
  ],
  [
    "id mapping by the container's namespace",
    {
      ...mount({ options: ["bind", "idmap"] }),
      "/linux/namespaces": [{ type: "user" }],
      "/linux/uidMappings": MAP,
      "/linux/gidMappings": MAP,
    },
    [],
  ],
  [
    "id mapping by nothing",
    mount({ options: BIND }),
    ["/mounts/0/options: ridmap needs uidMappings and gidMappings here, or a user namespace"],
  ],
  [
    "id mapping without a linux section",
    { ...mount({ options: BIND }), "/linux": undefined },
    ["/mounts/0/options: ridmap needs uidMappings and gidMappings here, or a user namespace"],
  ],
  [
    "mappings go together",
    mount({ options: BIND, uidMappings: MAP }),
    ["/mounts/0/gidMappings: is needed beside uidMappings"],
  ],
  [
    "mappings go together, the other way round",
    mount({ options: BIND, gidMappings: MAP }),
    ["/mounts/0/uidMappings: is needed beside gidMappings"],
  ],
  [
    "only bind mounts are mapped",
    mount({ type: "tmpfs", options: ["idmap"], uidMappings: MAP, gidMappings: MAP }),
    ['/mounts/0/options: a "tmpfs" mount can\'t be id-mapped'],
  ],
  [
    "only bind mounts are mapped, with ranges that exist",
    mount({ uidMappings: [...MAP, ...MAP], gidMappings: MAP }),
    [
      "/mounts/0/options: this mount can't be id-mapped",
      "/mounts/0/uidMappings/1: overlaps entry 0 in containerID",
      "/mounts/0/uidMappings/1: overlaps entry 0 in hostID",
    ],
  ],
];

for (const [name, patch, problems] of CASES) {
  test(name, () => {
    assert.equal(problemsWith(patch), problems);
  });
}

test.run();
