import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BASE, messageOf } from "../../testing.ts";
import { annotatedProperties } from "./annotations.ts";
import { told } from "./testing.ts";

const test = suite("cgroup/systemd/annotations");

const of = (name: string, value: string) =>
  annotatedProperties({ ...BASE, annotations: { [`org.systemd.property.${name}`]: value } });

const TAKEN: readonly (readonly [name: string, value: string, property: string])[] = [
  ["CollectMode", "'inactive-or-failed'", "CollectMode=inactive-or-failed"],
  ["CollectMode", '"inactive"', "CollectMode=inactive"],
  ["Description", "'it\\'s \\\\ mine'", "Description=it's \\ mine"],
  ["TimeoutStopUSec", "uint64 123456789", "TimeoutStopUSec=123456789"],
  ["TimeoutStopUSec", "5", "TimeoutStopUSec=5"],
  ["TimeoutStopSec", "123", "TimeoutStopUSec=123000000"],
  ["TimeoutStopSec", "int32 7", "TimeoutStopUSec=7000000"],
  ["TimeoutStopSec", "double 0.5", "TimeoutStopUSec=500000"],
  ["RuntimeMaxSec", "1.25", "RuntimeMaxUSec=1250000"],
  ["SendSIGHUP", "true", "SendSIGHUP=true"],
  ["KillSignal", "int32 15", "KillSignal=15"],
  ["After", "['a.service', \"b.target\"]", "After=a.service,b.target"],
  ["Before", "[]", "Before="],
  ["Before", "@as []", "Before="],
];

for (const [name, value, property] of TAKEN) {
  test(`annotatedProperties() takes ${name} of ${value}`, () => {
    assert.equal(told(of(name, value)), [property]);
  });
}

test("annotatedProperties() has the types that systemd wants", () => {
  assert.equal(
    [...of("KillSignal", "9"), ...of("TimeoutStopUSec", "9")].map(({ type }) => type),
    ["integer", "number"],
  );
});

test("annotatedProperties() passes others over", () => {
  assert.equal(annotatedProperties({ ...BASE, annotations: { "org.systemd": "1" } }), []);
  assert.equal(annotatedProperties(BASE), []);
});

const REFUSED: readonly (readonly [name: string, value: string, message: string])[] = [
  ["DeviceAllow", "[('/dev/sda', 'rwm')]", '"DeviceAllow" is no property that a container may set'],
  ["Slice", "'other.slice'", "no property that a container may set"],
  ["Delegate", "false", "no property that a container may set"],
  ["BPFProgram", "[]", "no property that a container may set"],
  ["constructor", "true", "no property that a container may set"],
  ["Sec", "1", '"Sec" is no property'],
  ["CollectMode", "inactive", "is not a quoted text"],
  ["CollectMode", "'a' 'b'", "is not a quoted text"],
  ["SendSIGHUP", "yes", "is not true or false"],
  ["TimeoutStopSec", "soon", "is not a number"],
  ["TimeoutStopSec", "-1", "is not a number"],
  ["TimeoutStopUSec", "1.5", "is not a number"],
  ["TimeoutStopSec", "18446744073709551615", "is not a number"],
  ["KillSignal", "4294967296", "is not a number of 31 bits"],
  ["After", "'a.service'", "is not a list of quoted texts"],
  ["After", "['a', b]", "is not a list of quoted texts"],
  ["After", "['a' 'b']", "is not a list of quoted texts"],
];

for (const [name, value, message] of REFUSED) {
  test(`annotatedProperties() refuses ${name} of ${value}`, () => {
    const said = messageOf(() => of(name, value));
    assert.match(said, `/annotations/org.systemd.property.${name}: `);
    assert.match(said, message);
  });
}

test.run();
