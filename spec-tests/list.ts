// tsx spec-tests/list.ts: the names of all spec tests, `file: title`, one a line. Runs none.

import { pathToFileURL } from "node:url";
import { testFiles } from "./files.ts";

process.env.SPEC_LIST = "1";
for (const path of testFiles([])) await import(pathToFileURL(path).href);
