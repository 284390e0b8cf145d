// Paths as text. Pure: nothing is looked up.

/** Without empty, `.` and `..` parts; `..` never climbs above the root. The result is absolute. */
export function cleanPath(path: string): string {
  if (isClean(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Most paths are: a few searches are cheaper than to take them apart. */
function isClean(path: string): boolean {
  return (
    path.startsWith("/") &&
    !path.includes("//") &&
    !path.includes("/.") &&
    (path.length === 1 || !path.endsWith("/"))
  );
}

/** "in the case of relative": relative to `base`, which is absolute. */
export function absolutePath(path: string, base: string): string {
  return path.startsWith("/") ? path : cleanPath(`${base}/${path}`);
}

export function joinPath(parent: string, child: string): string {
  return cleanPath(`${parent}/${child}`);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `/` for a path directly beneath it. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
}

/** The path itself or something beneath it; both clean. */
export function isBeneath(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}
