// The plan's types, generated from native/plan. Types only.

export type { FdOp, HostOp, InitOp, Join, Plan, Sandbox } from "../../native/addon/index.d.ts";
