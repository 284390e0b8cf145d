// Loads the addon's `.node` file into Node.

import { createRequire } from "node:module";
import type { Host } from "../host/host.ts";

export const host: Host = createRequire(import.meta.url)("../../dist/addon/trunc.node");
