// Streams of exec, attach and port-forward, over a WebSocket: each message's first byte says which stream it is of
// (v4.channel.k8s.io). The other way to have them, SPDY, is on its way out and has no client here.

import { once } from "node:events";
import WebSocket from "ws";
import { until } from "../command.ts";

const PROTOCOL = "v4.channel.k8s.io";

export class Channels {
  readonly #socket: WebSocket;
  readonly #received = new Map<number, Buffer>();
  #isClosed = false;

  private constructor(url: string) {
    this.#socket = new WebSocket(url.replace(/^http/, "ws"), PROTOCOL);
    this.#socket.on("message", (data: Buffer) => {
      const channel = data[0]!;
      this.#received.set(channel, Buffer.concat([this.bytes(channel), data.subarray(1)]));
    });
    this.#socket.on("close", () => {
      this.#isClosed = true;
    });
  }

  /** @throws Error when the engine refuses. */
  static async open(url: string): Promise<Channels> {
    const channels = new Channels(url);
    await once(channels.#socket, "open");
    // From now on its end is told by "close".
    channels.#socket.on("error", () => {});
    return channels;
  }

  bytes(channel: number): Buffer {
    return this.#received.get(channel) ?? Buffer.alloc(0);
  }

  text(channel: number): string {
    return this.bytes(channel).toString("utf8");
  }

  send(channel: number, text: string): void {
    this.#socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
  }

  /** Waits until a stream has what matches. */
  async shows(channel: number, pattern: RegExp): Promise<RegExpExecArray> {
    return await until(`${pattern} on stream ${channel}`, () => pattern.exec(this.text(channel)));
  }

  /** Waits until the engine closes it. */
  async ended(): Promise<void> {
    await until("the streams' end", () => (this.#isClosed ? true : null));
  }

  close(): void {
    this.#socket.terminate();
  }
}
