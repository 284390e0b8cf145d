// The plan's types, generated from native/plan. Types only.

export type {
  BusSocket,
  FdOp,
  HostOp,
  InitOp,
  Join,
  Plan,
  Sandbox,
  UnitProperty,
} from "../../native/addon/index.d.ts";
