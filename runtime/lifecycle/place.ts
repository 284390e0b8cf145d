// A JSON pointer into config.json -> the way a person would write that place. Pure.

/** `/mounts/3` -> `mounts[3]`, `/linux/sysctl/net.ipv4.ip_forward` -> `linux.sysctl["net.ipv4.ip_forward"]`. */
export function placeOf(pointer: string): string {
  let place = "";
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (/^\d+$/.test(key)) place += `[${key}]`;
    else if (!/^[A-Za-z_]\w*$/.test(key)) place += `[${JSON.stringify(key)}]`;
    else place += place === "" ? key : `.${key}`;
  }
  return place;
}
