// Whether an object is a state as this version writes it: what later commands rely on, field by field. Pure.
// Whoever can write state files decides what commands do (docs/security.md); this is for damage, not against them.

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
/** Decimal, of 64 bits. */
const isLong: Check = (value) => isText(value) && /^\d{1,20}$/.test(value as string);
const isPid: Check = (value) => isCount(value) && Number(value) > 0 && Number(value) < 2 ** 31;

const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isMaybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isObjectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    const object = value as Record<string, unknown>;
    for (const name in fields) if (!fields[name]!(object[name])) return false;
    return true;
  };

const isTextMap: Check = (value) =>
  isObjectOf({})(value) && Object.values(value as object).every(isText);
const CGROUP = { root: isText, path: isText };
const isHook = isObjectOf({
  path: isText,
  args: isMaybe(isListOf(isText)),
  env: isMaybe(isListOf(isText)),
  timeout: isMaybe(isCount),
});
const isStep = isObjectOf({
  op: isText,
  at: isText,
  subject: isText,
  fstype: isMaybe(isText),
});

export const isState: Check = isObjectOf({
  version: (value) => value === 1,
  ociVersion: isText,
  id: isText,
  bundle: isText,
  rootfs: isText,
  created: isText,
  annotations: isMaybe(isTextMap),
  owner: isCount,
  isReady: isFlag,
  pid: isMaybe(isPid),
  startTime: isMaybe(isLong),
  hasPidNamespace: isFlag,
  cgroups: isListOf(isObjectOf(CGROUP)),
  processes: isMaybe(isObjectOf(CGROUP)),
  freezer: isMaybe(isObjectOf({ ...CGROUP, file: isText })),
  poststart: isMaybe(isListOf(isHook)),
  poststop: isMaybe(isListOf(isHook)),
  late: isMaybe(isObjectOf({ first: isCount, steps: isListOf(isStep) })),
  hasNoKeyring: isMaybe(isFlag),
  unit: isMaybe(
    isObjectOf({
      name: isText,
      bus: isListOf(isObjectOf({ path: isText, isDirect: isFlag })),
      version: isCount,
    }),
  ),
  notify: isMaybe(isText),
});
