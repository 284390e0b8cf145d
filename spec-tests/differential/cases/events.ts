// events: what an interval may be, and what it may not.

import { type Case, lines } from "../case.ts";

export const EVENTS: readonly Case[] = [
  ...lines(
    `
    events --interval 0 {id}
    events --interval= --stats {id}
    events --interval 5s5 --stats {id}
    events --interval 5x --stats {id}
    events --interval -1s --stats {id}
    events --interval 9999999h --stats {id}
    events --stats=maybe {id}
    events --stats {id} more
    events
    `,
    { container: "running" },
  ),
  ...lines(
    `
    events --stats --interval 1ns {id}
    events --stats --interval .5s {id}
    events --stats --interval +5s {id}
    events --stats --interval 1us {id}
    `,
    { container: "running", output: "keys" },
  ),
];
