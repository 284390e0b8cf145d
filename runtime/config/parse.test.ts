import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RuntimeError } from "../errors.ts";
import { parseConfig } from "./parse.ts";
import { parseProcess } from "./parse-process.ts";
import { parseResources } from "./parse-resources.ts";
import { configText, configWith, problemsOfCall, problemsWith } from "./testing.ts";

const test = suite("parse");
const options = { hasBigIntegers: false };

test("parseConfig() gives the config as it stands", () => {
  const text = configText({ "/x-unknown": { a: 1 }, "/linux/unknown": [] });
  assert.equal(parseConfig(text, options), JSON.parse(text));
});

test("parseConfig() keeps 64-bit integers exact", () => {
  const config = configWith({
    "/process/rlimits": [{ type: "RLIMIT_CORE", soft: 0, hard: 2n ** 64n - 1n }],
    "/linux/resources/memory/limit": 2n ** 63n - 1n,
  });
  assert.is(config.process.rlimits?.[0]?.hard, 18446744073709551615n);
  assert.is(config.linux?.resources?.memory?.limit, 9223372036854775807n);
});

test("parseConfig() refuses a large integer that was read inexactly", () => {
  const text = configText({ "/linux/resources/cpu/shares": 2n ** 63n });
  assert.equal(
    problemsOfCall(() => parseConfig(text, { hasBigIntegers: false })),
    [
      "/linux/resources/cpu/shares: 9223372036854776000 is not an integer from 0 to 18446744073709551615",
    ],
  );
});

test("parseConfig() says one problem in one line", () => {
  try {
    configWith({ "/process/cwd": "tmp" });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RuntimeError);
    const { message, code, at } = error as RuntimeError;
    assert.is(message, 'config.json: /process/cwd: "tmp" is not an absolute path');
    assert.equal([code, at], ["ERR_CONFIG", "/process/cwd"]);
  }
});

test("parseConfig() reports all problems, those of the schema and those of the rules", () => {
  assert.equal(
    problemsWith({
      "/ociVersion": "2.0.0",
      "/process/cwd": 5,
      "/process/args": [],
      "/process/user/uid": 4294967295,
      "/hostname": "box",
      "/mounts": [{ source: "/x" }],
      "/linux/maskedPaths": ["proc/kcore"],
    }),
    [
      "/mounts/0/destination: is missing",
      "/process/user/uid: 4294967295 is not an integer from 0 to 4294967294",
      "/process/cwd: 5 is not a string",
      '/ociVersion: "2.0.0" is not supported, only 1.x is',
      '/hostname: "box" needs a uts namespace',
      "/process/args: must have at least one entry",
      '/linux/maskedPaths/0: "proc/kcore" is not an absolute path',
    ],
  );
});

test("parseConfig() draws no conclusions from what is broken already", () => {
  assert.equal(problemsWith({ "/linux/namespaces": "none", "/hostname": "box" }), [
    '/linux/namespaces: "none" is not an array',
  ]);
  assert.equal(problemsWith({ "/linux": [], "/process": "sh" }), [
    '/process: "sh" is not an object',
    "/linux: an array is not an object",
  ]);
});

for (const [text, problem] of [
  ["[]", ": an array is not an object"],
  ["null", ": null is not an object"],
  ['"x"', ': "x" is not an object'],
] as const) {
  test(`no parser accepts ${text}`, () => {
    for (const parse of [parseConfig, parseProcess, parseResources]) {
      assert.equal(
        problemsOfCall(() => parse(text, options)),
        [problem],
      );
    }
  });
}

test("parseConfig() takes null for absent, as Go does", () => {
  const config = configWith({
    "/hooks": null,
    "/linux/seccomp": null,
    "/process/capabilities": null,
  });
  assert.not("hooks" in config);
  assert.equal(problemsWith({ "/process/cwd": null }), ["/process/cwd: is missing"]);
});

test("parseConfig() refuses NUL bytes and __proto__ wherever they are", () => {
  const text = configText({ "/annotations": { a: "b\0" }, "/unknown": "c\0" }).replace(
    '"unknown"',
    '"__proto__":{},"unknown"',
  );
  assert.equal(
    problemsOfCall(() => parseConfig(text, options)),
    [
      "/__proto__: is not allowed as a name",
      "/annotations/a: must not contain a NUL byte",
      "/unknown: must not contain a NUL byte",
    ],
  );
});

test("parseConfig() accepts other platforms' sections as they are", () => {
  assert.equal(
    problemsWith({ "/windows": { layerFolders: 5 }, "/vm": {}, "/freebsd/jail": null }),
    [],
  );
  assert.equal(problemsWith({ "/zos": 1 }), ["/zos: 1 is not an object"]);
});

test("no user means root", () => {
  assert.equal(configWith({ "/process/user": undefined }).process.user, { uid: 0, gid: 0 });
  assert.equal(parseProcess('{"args":["a"],"cwd":"/","user":null}', options).user, {
    uid: 0,
    gid: 0,
  });
});

test("parseProcess() has the same rules, with pointers from the process on", () => {
  const good = { user: { uid: 1, gid: 2 }, args: ["sh"], cwd: "/", env: ["A=b"] };
  assert.equal(parseProcess(JSON.stringify(good), options), good);
  assert.equal(
    problemsOfCall(() => parseProcess('{"cwd":"x","args":[],"user":{"uid":-1}}', options)),
    [
      "/user/gid: is missing",
      "/user/uid: -1 is not an integer from 0 to 4294967294",
      "/args: must have at least one entry",
      '/cwd: "x" is not an absolute path',
    ],
  );
});

test("parseResources() has the same rules, with pointers from the resources on", () => {
  const good = { memory: { limit: -1 }, pids: { limit: 0 }, unified: { "memory.high": "max" } };
  assert.equal(parseResources(JSON.stringify(good), options), good);
  assert.equal(
    problemsOfCall(() =>
      parseResources('{"cpu":{"shares":-1},"unified":{"../x":"1"}}', { ...options, document: "-" }),
    ),
    [
      "/cpu/shares: -1 is not an integer from 0 to 18446744073709551615",
      '/unified/..~1x: "../x" is not a file of the form CONTROLLER.PARAMETER',
    ],
  );
});

test("each parser names the document", () => {
  const calls = [
    [parseConfig, "config.json"],
    [parseProcess, "process.json"],
    [parseResources, "resources.json"],
  ] as const;
  for (const [parse, name] of calls) {
    assert.throws(
      () => parse("{", options),
      (error: Error) => error.message.startsWith(`${name}: line 1`),
    );
    assert.throws(
      () => parse("{", { ...options, document: "other" }),
      (error: Error) => error.message.startsWith("other: line 1"),
    );
  }
});

test.run();
