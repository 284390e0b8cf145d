// Exec, attach and port-forward: streams to and from what runs in a pod.

import * as assert from "node:assert/strict";
import type { Feature } from "../feature.ts";
import { Channels } from "./channels.ts";
import type { Cri } from "./session.ts";

const [STDIN, STDOUT, STDERR, ERROR, RESIZE] = [0, 1, 2, 3, 4] as const;
const PORT = 8080;
const CTRL_C = "\x03";

export const STREAMS: readonly Feature<Cri>[] = [
  {
    name: "exec: streams and exit code",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      const cmd = ["sh", "-c", "read x; echo got $x; echo err >&2; exit 6"];
      const request = { containerId: id, cmd, stdin: true, stdout: true, stderr: true };
      await withChannels((await cri.call("Exec", request)).url, async (channels) => {
        channels.send(STDIN, "word\n");
        await channels.ended();
        assert.equal(channels.text(STDOUT), "got word\n");
        assert.equal(channels.text(STDERR), "err\n");
        assert.match(channels.text(ERROR), /"reason":"ExitCode","message":"6"/);
      });
    },
  },
  {
    name: "exec: a terminal, its size and resize",
    isQuick: true,
    run: async (cri) => {
      const id = await cri.idle(await cri.pod());
      const cmd = ["sh", "-c", "trap 'exit 130' INT; while :; do stty size; sleep 0.1; done"];
      const request = { containerId: id, cmd, stdin: true, stdout: true, tty: true };
      await withChannels((await cri.call("Exec", request)).url, async (channels) => {
        for (const [rows, columns] of [
          [33, 111],
          [44, 122],
        ]) {
          channels.send(RESIZE, JSON.stringify({ Height: rows, Width: columns }));
          await channels.shows(STDOUT, new RegExp(`^${rows} ${columns}\r$`, "m"));
        }
        channels.send(STDIN, CTRL_C);
        await channels.ended();
        assert.match(channels.text(ERROR), /"message":"130"/);
      });
    },
  },
  {
    name: "attach",
    isQuick: true,
    run: async (cri) => {
      const script = "while read x; do echo got $x; echo err >&2; done";
      const command = ["sh", "-c", script];
      const id = await cri.start(await cri.pod(), { command, stdin: true });
      const request = { containerId: id, stdin: true, stdout: true, stderr: true };
      for (const word of ["one", "two"])
        await withChannels((await cri.call("Attach", request)).url, async (channels) => {
          channels.send(STDIN, `${word}\n`);
          await channels.shows(STDOUT, new RegExp(`^got ${word}\n$`));
          await channels.shows(STDERR, /^err\n$/);
        });
      // It is in the log as well.
      await cri.says(id, "got two");
    },
  },
  {
    name: "attach: a terminal",
    run: async (cri) => {
      const command = ["sh", "-c", "read x; echo got $x; while :; do stty size; sleep 0.1; done"];
      const id = await cri.start(await cri.pod(), { command, stdin: true, tty: true });
      const request = { containerId: id, stdin: true, stdout: true, tty: true };
      await withChannels((await cri.call("Attach", request)).url, async (channels) => {
        channels.send(RESIZE, JSON.stringify({ Height: 33, Width: 111 }));
        channels.send(STDIN, "word\n");
        await channels.shows(STDOUT, /^got word\r$/m);
        await channels.shows(STDOUT, /^33 111\r$/m);
      });
    },
  },
  {
    name: "port-forward",
    isQuick: true,
    run: async (cri) => {
      const pod = await cri.pod();
      const script = `while :; do echo served | nc -l -p ${PORT}; done`;
      const id = await cri.start(pod, { command: ["sh", "-c", script] });
      await cri.exec(id, "sh", "-c", `until netstat -tln | grep -q :${PORT}; do sleep 0.1; done`);
      const { url } = await cri.call("PortForward", { podSandboxId: pod.id, port: [PORT] });
      await withChannels(url, async (channels) => {
        // Both streams of a port begin with its number, lower byte first.
        await channels.shows(0, /served\n$/);
        assert.equal(channels.bytes(0).readUInt16LE(), PORT);
        assert.equal(channels.bytes(0).subarray(2).toString(), "served\n");
        assert.equal(channels.bytes(1).length, 2);
      });
    },
  },
];

async function withChannels(
  url: string,
  body: (channels: Channels) => Promise<void>,
): Promise<void> {
  const channels = await Channels.open(url);
  try {
    await body(channels);
  } finally {
    channels.close();
  }
}
