// One event -> one line of the log, in the two formats of runc's. Pure.
// containerd decodes each JSON line and takes the `msg` of the last one whose `level` is "error".

export type LogFormat = "text" | "json";
export type Level = "debug" | "info" | "warning" | "error";

/** The line, newline included; `time` is RFC 3339. */
export function logLine(format: LogFormat, level: Level, message: string, time: string): string {
  if (format === "json") return `${JSON.stringify({ level, msg: message, time })}\n`;
  return `time="${time}" level=${level} msg=${quoted(message)}\n`;
}

/** One line that can be written, whatever the message holds: half a surrogate pair of a name or a value has no UTF-8. */
export function oneLine(message: string): string {
  return message.toWellFormed().replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

/** A word stays as it is, as in logrus. */
function quoted(text: string): string {
  return /^[\w\-./@^+]+$/.test(text) ? text : JSON.stringify(text);
}
