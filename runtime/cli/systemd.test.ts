import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fakeWorld, syscallError, type World } from "../host/testing.ts";
import type { BusSocket } from "../plan/ops.ts";
import type { Context, Globals } from "./context.ts";
import { systemdOf } from "./systemd.ts";

const test = suite("cli/systemd");

const MACHINE = "         0          0 4294967295\n";
const SINGLE = "         0       1000          1\n";

interface Caller {
  readonly uid?: number;
  readonly uidMap?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly rootless?: Globals["rootless"];
  /** Who the manager at the session's socket belongs to; null: it does not answer. */
  readonly owner?: number | null;
  readonly version?: string;
  readonly isBooted?: boolean;
}

interface Asked {
  readonly world: World;
  readonly context: Context;
  /** Each request's sockets. */
  readonly sockets: string[][];
}

function caller({
  uid = 0,
  uidMap = MACHINE,
  env = {},
  rootless = "auto",
  owner = 1000,
  version = "v252.39-1~deb12u2",
  isBooted = true,
}: Caller = {}): Asked {
  const world = fakeWorld();
  const sockets: string[][] = [];
  world.facts = { ...world.facts, euid: uid };
  world.files.set("/proc/self/uid_map", uidMap);
  if (isBooted) world.files.set("/run/systemd/system/.", "");
  const serviceManager = (bus: BusSocket[]) => {
    const paths = bus.map(({ path }) => path);
    sockets.push(paths);
    if (paths.some((path) => path.startsWith("/run/user"))) {
      if (owner === null) throw syscallError("connect", "ENOENT");
      return { version, controlGroup: "/user.slice/u", owner };
    }
    return { version, controlGroup: "", owner: 0 };
  };
  const context = {
    host: { ...world.host, serviceManager },
    env: (name: string) => new Map(Object.entries(env)).get(name),
    globals: { isDebug: false, cgroupManager: "systemd", rootless },
  } as unknown as Context;
  return { world, context, sockets };
}

const SESSION = { XDG_RUNTIME_DIR: "/run/user/1000" };
const SYSTEM_SOCKETS = ["/run/dbus/system_bus_socket", "/run/systemd/private"];
const USER_SOCKETS = ["/run/user/1000/bus", "/run/user/1000/systemd/private"];

const CALLERS: readonly (readonly [who: string, Caller, sockets: string[], last: string[][]])[] = [
  ["root asks the machine's", {}, SYSTEM_SOCKETS, [SYSTEM_SOCKETS]],
  ["root with a session too", { env: SESSION }, SYSTEM_SOCKETS, [SYSTEM_SOCKETS]],
  ["a user asks his own", { uid: 1000, env: SESSION }, USER_SOCKETS, [USER_SOCKETS]],
  [
    "root that says it is rootless asks the session's",
    { env: SESSION, rootless: "true" },
    USER_SOCKETS,
    [USER_SOCKETS],
  ],
  [
    "a user that says it is not asks the machine's",
    { uid: 1000, env: SESSION, rootless: "false" },
    SYSTEM_SOCKETS,
    [SYSTEM_SOCKETS],
  ],
  [
    "root of a namespace whose session is a user's asks that",
    { uidMap: SINGLE, env: SESSION },
    USER_SOCKETS,
    [USER_SOCKETS, USER_SOCKETS],
  ],
  [
    "root of a whole system in a namespace asks the system's",
    { uidMap: SINGLE, env: SESSION, owner: 0 },
    SYSTEM_SOCKETS,
    [USER_SOCKETS, SYSTEM_SOCKETS],
  ],
  [
    "root of a namespace whose session does not answer asks the system's",
    { uidMap: SINGLE, env: SESSION, owner: null },
    SYSTEM_SOCKETS,
    [USER_SOCKETS, SYSTEM_SOCKETS],
  ],
  [
    "root of a namespace without a session asks the system's",
    { uidMap: SINGLE, env: { DBUS_SESSION_BUS_ADDRESS: "tcp:host=a" } },
    SYSTEM_SOCKETS,
    [SYSTEM_SOCKETS],
  ],
];

for (const [who, given, expected, requests] of CALLERS) {
  test(`systemdOf(): ${who}`, () => {
    const { context, sockets } = caller(given);
    const { bus } = systemdOf(context).unit({}, "c1");
    assert.equal(
      bus.map(({ path }) => path),
      expected,
    );
    assert.equal(sockets, requests);
  });
}

test("systemdOf() knows whose slices they are", () => {
  const { unit } = systemdOf(caller({ uid: 1000, env: SESSION }).context);
  const { context, world } = caller({ uid: 1000, env: SESSION });
  const [target] = systemdOf(context).layout({}, world.facts, "c1").targets;
  assert.is(target?.path, "/user.slice/u/user.slice/trunc-c1.scope");
  assert.is(unit({}, "c1").name, "trunc-c1.scope");
  const [systems] = systemdOf(caller().context).layout({}, world.facts, "c1").targets;
  assert.is(systems?.path, "/system.slice/trunc-c1.scope");
});

for (const [version, number] of [
  ["v252.39-1~deb12u2", 252],
  ["257", 257],
  ["", 0],
] as const) {
  test(`systemdOf() reads the version ${version}`, () => {
    assert.is(systemdOf(caller({ version }).context).unit({}, "c1").version, number);
  });
}

test("systemdOf() says that systemd does not run here, and asks nobody", () => {
  const { context, sockets } = caller({ isBooted: false });
  assert.throws(
    () => systemdOf(context),
    (error: Error & { hint?: string }) =>
      error.message.includes("systemd cgroup flag passed") &&
      error.hint?.includes("cgroup driver") === true,
  );
  assert.equal(sockets, []);
});

test("systemdOf() says that the user has no session", () => {
  assert.throws(
    () => systemdOf(caller({ uid: 1000, env: { DBUS_SESSION_BUS_ADDRESS: "tcp:x" } }).context),
    "cannot find the user's systemd: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set",
  );
});

test("systemdOf() says whose systemd does not answer, and where it was asked", () => {
  assert.throws(
    () => systemdOf(caller({ uid: 1000, env: SESSION, owner: null }).context),
    "cannot reach the user's systemd at /run/user/1000/bus or /run/user/1000/systemd/private: connect",
  );
});

test.run();
