// Path arithmetic on text, and the names of the files of a state directory. Pure.

/** The files of one container's state directory. */
export const FILES = {
  state: "state.json",
  config: "config.json",
  lock: "lock",
} as const;

/** `path` as it is when absolute, else beneath `cwd`; without `.`, `..` and doubled slashes, by text alone. */
export function absolutePath(path: string, cwd: () => string): string {
  const parts: string[] = [];
  const whole = path.startsWith("/") ? path : `${cwd()}/${path}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
