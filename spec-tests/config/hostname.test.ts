// hostname and domainname.
// Spec: config.md#hostname, config.md#domainname

import { hostname } from "node:os";
import * as assert from "uvu/assert";
import { share } from "../harness/bundle.ts";
import { info } from "../harness/probe.ts";
import { spec } from "../harness/suite.ts";

const test = spec("config/hostname");

test("hostname is set in the container (config.md#hostname)", async (t) => {
  const seen = await info(t, (config) => {
    config.hostname = "some-name.example";
  });
  assert.is(seen.hostname, "some-name.example");
});

test("hostname does not change the host's (config.md#hostname)", async (t) => {
  const before = hostname();
  await info(t, (config) => {
    config.hostname = "elsewhere";
  });
  assert.is(hostname(), before);
});

test("hostname of 64 bytes, the longest there is (config.md#hostname)", async (t) => {
  const name = "n".repeat(64);
  const seen = await info(t, (config) => {
    config.hostname = name;
  });
  assert.is(seen.hostname, name);
});

test("no hostname leaves the new namespace's as it was (config.md#hostname)", async (t) => {
  const seen = await info(t, (config) => {
    delete config.hostname;
  });
  assert.is(seen.hostname, hostname());
});

test("no uts namespace and no hostname: the host's name (config.md#hostname)", async (t) => {
  const seen = await info(t, (config) => {
    delete config.hostname;
    share(config, "uts");
  });
  assert.is(seen.hostname, hostname());
});

test("domainname is set (config.md#domainname)", { since: "1.2: domainname" }, async (t) => {
  const seen = await info(t, (config) => {
    config.domainname = "domain.example";
  });
  assert.is(seen.domainname, "domain.example");
});

test.run();
