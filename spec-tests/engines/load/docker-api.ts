// Docker's API over its socket, as far as load needs it: the command line would cost more than the container.

import { request } from "node:http";

export type Api = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** @throws Error with the engine's message */
export function dockerApi(socketPath: string): Api {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const call = request({ socketPath, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => {
          if ((response.statusCode ?? 500) >= 400)
            reject(new Error(`${method} ${path}: ${text.trim()}`));
          else resolve(text.startsWith("{") ? JSON.parse(text) : text);
        });
      });
      call.on("error", reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
