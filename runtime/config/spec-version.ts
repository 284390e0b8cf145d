// The version of the runtime specification that is implemented: of what is read, and of every document that is written.

export const SPEC_VERSION = "1.3.0";
