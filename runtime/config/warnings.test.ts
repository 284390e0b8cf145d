import { suite } from "uvu";
import * as assert from "uvu/assert";
import { configWith } from "./testing.ts";
import { configWarnings, processWarnings } from "./warnings.ts";

const test = suite("warnings");

const warningsWith = (patch: { [pointer: string]: unknown }) =>
  configWarnings(configWith(patch)).map(({ at, message }) => `${at}: ${message}`);

test("configWarnings() has none for a good config", () => {
  assert.equal(warningsWith({ "/mounts": [{ destination: "/a" }] }), []);
  assert.equal(warningsWith({ "/linux": undefined }), []);
});

test("configWarnings() names what is passed over", () => {
  const mappings = [{ containerID: 0, hostID: 0, size: 1 }];
  assert.equal(
    warningsWith({
      "/process/capabilities": { bounding: ["CAP_KILL", "CAP_X"], ambient: ["cap_kill"] },
      "/mounts": [{ destination: "/a" }, { destination: "proc" }],
      "/linux/namespaces": [{ type: "user", path: "/proc/1/ns/user" }],
      "/linux/uidMappings": mappings,
    }),
    [
      '/process/capabilities/bounding/1: ignored: "CAP_X" is not a capability',
      '/process/capabilities/ambient/0: ignored: "cap_kill" is not a capability',
      '/mounts/1/destination: "proc" is relative, which is deprecated',
      "/linux/uidMappings: the user namespace that is joined has its own mappings",
    ],
  );
});

test("processWarnings() counts from the process on when it stands alone", () => {
  const process = {
    user: { uid: 0, gid: 0 },
    args: ["a"],
    cwd: "/",
    capabilities: { effective: ["X"] },
  };
  assert.equal(
    processWarnings(process).map(({ at }) => at),
    ["/capabilities/effective/0"],
  );
  assert.equal(processWarnings({ ...process, capabilities: {} }), []);
});

test.run();
