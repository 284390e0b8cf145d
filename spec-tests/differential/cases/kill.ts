// kill: every way to write a signal.

import { type Case, lines } from "../case.ts";

export const KILL: readonly Case[] = lines(
  `
  kill {id} 9
  kill {id} 15
  kill {id} SIGTERM
  kill {id} TERM
  kill {id} term
  kill {id} sigterm
  kill {id} SigKill
  kill {id} 0
  kill {id} 64
  kill {id} 65
  kill {id} -1
  kill {id} 999
  kill {id} 1.5
  kill {id} 0x9
  kill {id} 09
  kill {id} +9
  kill {id} RTMIN
  kill {id} RTMIN+1
  kill {id} SIGRTMAX-1
  kill {id} RTMAX
  kill {id} IOT
  kill {id} CLD
  kill {id} POLL
  kill {id} SYS
  kill {id} STKFLT
  kill {id} UNUSED
  kill {id} NOSUCH
  kill {id} SIG
  kill {id} SIGSIGTERM
  kill {id} WINCH
  kill {id} -9
  kill {id} --all
  kill {id} KILL --all
  kill {id} KILL -a
  kill {id} KILL -X
  kill -a {id} WINCH
  `,
  { container: "running" },
).map((test) => (test.argv.some(isKill) ? { ...test, settles: "stopped" } : test));

/** No other signal ends a first process that has not asked for it. */
function isKill(word: string): boolean {
  return /^(\+?9|(SIG)?KILL)$/i.test(word);
}
