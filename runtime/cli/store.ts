// The store that a command line asks for. Effects through the host, only as far as the choice needs them.

import { rootOf } from "../store/root.ts";
import type { Store } from "../store/store.ts";
import type { Context } from "./context.ts";
import { isInUserNamespace } from "./user-namespace.ts";

export function storeOf({ host, env, globals }: Context): Store {
  const root = rootOf({
    ...(globals.root !== undefined && { option: globals.root }),
    env,
    cwd: () => host.realPath("."),
    euid: () => host.facts().euid,
    isInUserNamespace: () => isInUserNamespace(host),
  });
  return { host, root };
}
