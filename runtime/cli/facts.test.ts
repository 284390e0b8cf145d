import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fakeWorld } from "../host/testing.ts";
import { cgroupRights, factsOf } from "./facts.ts";

const test = suite("cli/facts");

const MACHINE = "         0          0 4294967295\n";
const SINGLE = "         0       1000          1\n";

function world(uidMap: string, setgroups = "allow\n") {
  const made = fakeWorld();
  made.files.set("/proc/self/uid_map", uidMap);
  made.files.set("/proc/self/setgroups", setgroups);
  return made;
}

test("factsOf() asks nothing further on the machine itself", () => {
  const made = world(MACHINE);
  made.files.delete("/proc/self/setgroups");
  assert.equal(factsOf(made.host), made.facts);
});

test("factsOf() knows the machine's own user namespace by its number", () => {
  const made = fakeWorld();
  made.files.set("/proc/self/ns/user", "user:[4026531837]");
  assert.equal(factsOf(made.host), made.facts);
  const nested = world(SINGLE);
  nested.files.set("/proc/self/ns/user", "user:[4026532000]");
  assert.is(factsOf(nested.host).inUserNamespace, true);
});

test("factsOf() knows what root of a user namespace lacks", () => {
  const made = world(SINGLE, "deny\n");
  made.mayMount = false;
  const { inUserNamespace, deniesSetgroups, hasForeignMounts } = factsOf(made.host);
  assert.equal([inUserNamespace, deniesSetgroups, hasForeignMounts], [true, true, true]);
  const free = factsOf(world(SINGLE).host);
  assert.equal([free.deniesSetgroups, free.hasForeignMounts], [false, false]);
});

test("cgroupRights() looks for what is delegated, only for those who are not the machine's root", () => {
  const made = world(SINGLE);
  const rights = (rootless: "true" | "false" | "auto") =>
    cgroupRights(
      { host: made.host, globals: { isDebug: false, cgroupManager: "cgroupfs", rootless } },
      factsOf(made.host),
    );
  assert.equal(rights("false"), { isRootless: false });
  assert.equal(rights("auto"), { isRootless: true, delegatedCgroups: [] });
  made.writable.add("/sys/fs/cgroup");
  assert.equal(rights("true"), { isRootless: true, delegatedCgroups: ["/sys/fs/cgroup"] });
});

test.run();
