// The lower layers of an overlay, which fsconfig(2) takes one by one where their list is too long. Pure.
// Spec: Documentation/filesystems/overlayfs.rst, "Multiple lower layers"

/** fsconfig(2) takes 255 bytes a value. */
const LONGEST_VALUE = 255;
const LOWER = "lowerdir=";

export function overlayParams(data: readonly string[]): string[] {
  return data.flatMap((word) =>
    word.startsWith(LOWER) && isTooLong(word.slice(LOWER.length))
      ? layers(word.slice(LOWER.length))
      : [word],
  );
}

/** At most three bytes a UTF-16 unit: a list that is surely short enough need not be encoded. */
function isTooLong(value: string): boolean {
  return (
    value.length * 3 > LONGEST_VALUE &&
    (value.length > LONGEST_VALUE || byteLength(value) > LONGEST_VALUE)
  );
}

function byteLength(text: string): number {
  return encodeURIComponent(text.toWellFormed()).replace(/%../g, "-").length;
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
