// What the unit tests take from node:fs and node:path, by the addon; scripts/unit-tests.ts puts it in their place.

import { host } from "./host.ts";

/** More than any fixture has, in bytes. */
const LIMIT = 16 << 20;

export const existsSync = (path: string) => host.exists(path);
export const readdirSync = (path: string) => host.listDir(path);
export const readFileSync = (path: string) => host.readText(path, LIMIT).text;
export const join = (...parts: string[]) => parts.join("/");
