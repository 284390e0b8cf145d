// CRI's services over a socket: a call is its name and its message. Needs the protocol that fetch/cri.sh fetches.

import { join } from "node:path";
import { type Client, credentials, loadPackageDefinition, type ServiceError } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ENGINES } from "../images.ts";
import type { Calls } from "./messages.ts";

export const PROTOCOL = join(ENGINES, "cri");

/** A stopped pod, a machine at work: longer than any call takes by itself. */
const TIMEOUT_MS = 120_000;

export interface CriService {
  /** @throws Error with the engine's words. */
  call<Name extends keyof Calls>(
    name: Name,
    request: Calls[Name]["request"],
    timeoutMs?: number,
  ): Promise<Calls[Name]["response"]>;
  close(): void;
}

type Method = (
  request: unknown,
  options: { deadline: number },
  done: (error: ServiceError | null, response: unknown) => void,
) => void;

const SERVICES = ["RuntimeService", "ImageService"] as const;

interface Package {
  runtime: { v1: Record<(typeof SERVICES)[number], new (...args: unknown[]) => Client> };
}

export function connect(socket: string): CriService {
  const definition = loadSync(join(PROTOCOL, "api.proto"), {
    longs: Number,
    enums: String,
    defaults: true,
    arrays: true,
    objects: true,
  });
  const { v1 } = (loadPackageDefinition(definition) as unknown as Package).runtime;
  const clients = SERVICES.map(
    (name) =>
      new v1[name](`unix:${socket}`, credentials.createInsecure(), {
        // A restarted engine is found again at once, not after grpc's two minutes at most.
        "grpc.initial_reconnect_backoff_ms": 50,
        "grpc.max_reconnect_backoff_ms": 200,
      }),
  );
  return {
    call: (name, request, timeoutMs = TIMEOUT_MS) =>
      new Promise((resolve, reject) => {
        const client = clients.find((candidate) => name in candidate)!;
        const method = (client as unknown as Record<string, Method>)[name]!;
        method.call(client, request, { deadline: Date.now() + timeoutMs }, (error, response) => {
          if (error) reject(new Error(`${name}: ${error.details}`));
          else resolve(response as never);
        });
      }),
    close: () => {
      for (const client of clients) client.close();
    },
  };
}
