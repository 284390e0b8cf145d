import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemSockets, userSockets } from "./buses.ts";

const test = suite("cli/buses");

const env = (variables: Record<string, string>) => (name: string) => variables[name];
const paths = (sockets: ReturnType<typeof userSockets>) =>
  sockets.map(({ path, isDirect }) => (isDirect ? `${path} direct` : path));

test("systemSockets() is the bus, then systemd itself", () => {
  assert.equal(paths(systemSockets(env({}))), [
    "/run/dbus/system_bus_socket",
    "/run/systemd/private direct",
  ]);
  const DBUS_SYSTEM_BUS_ADDRESS = "unix:path=/other";
  assert.equal(paths(systemSockets(env({ DBUS_SYSTEM_BUS_ADDRESS })))[0], "/other");
});

const XDG_RUNTIME_DIR = "/run/user/1000";

const USERS: readonly (readonly [variables: Record<string, string>, sockets: string[]])[] = [
  [{}, []],
  [{ XDG_RUNTIME_DIR }, ["/run/user/1000/bus", "/run/user/1000/systemd/private direct"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/a%20b,guid=00ff" }, ["/a b"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:abstract=/tmp/x;unix:path=/y" }, ["@/tmp/x", "/y"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "tcp:host=elsewhere,port=1" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/100%" }, ["/100%"]],
  [
    { DBUS_SESSION_BUS_ADDRESS: "unix:runtime=yes", XDG_RUNTIME_DIR },
    ["/run/user/1000/bus", "/run/user/1000/systemd/private direct"],
  ],
];

for (const [variables, sockets] of USERS) {
  test(`userSockets() of ${JSON.stringify(variables)}`, () => {
    assert.equal(paths(userSockets(env(variables))), sockets);
  });
}

test.run();
