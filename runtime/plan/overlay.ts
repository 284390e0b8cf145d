// The lower layers of an overlay, which fsconfig(2) takes one by one where their list is too long. Pure.
// Spec: Documentation/filesystems/overlayfs.rst, "Multiple lower layers"

import { isTooLong } from "./fsconfig.ts";

const LOWER = "lowerdir=";

export function overlayParams(data: readonly string[]): string[] {
  return data.flatMap((word) =>
    word.startsWith(LOWER) && isTooLong(word.slice(LOWER.length))
      ? layers(word.slice(LOWER.length))
      : [word],
  );
}

/** A colon separates layers, two of them those that have data only; `\:` is part of a name. */
function layers(list: string): string[] {
  const params: string[] = [];
  let key = "lowerdir+=";
  let name = "";
  for (let i = 0; i < list.length; i++) {
    if (list[i] === "\\" && i + 1 < list.length) name += list[++i];
    else if (list[i] !== ":") name += list[i];
    else {
      params.push(key + name);
      name = "";
      key = "lowerdir+=";
      if (list[i + 1] === ":") {
        i++;
        key = "datadir+=";
      }
    }
  }
  params.push(key + name);
  return params;
}
