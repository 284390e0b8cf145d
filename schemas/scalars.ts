// The scalar types of the spec as schemas. Standard JSON Schema words only, so that any validator can use them.
// Spec: config.md#example-configuration-json (int64, uint64, ... as in the Go bindings)

import Type, { type TUnsafe } from "typebox";

/** An integer that fits a JavaScript number. Both bounds are inclusive. */
export const integer = (minimum: number, maximum: number): TUnsafe<number> =>
  Type.Unsafe<number>({ type: "integer", minimum, maximum });

/** A 64-bit integer: a number while it is safe, else a bigint. As doubles these bounds round up by one. */
const bigInteger = (minimum: number, maximum: number): TUnsafe<number | bigint> =>
  Type.Unsafe<number | bigint>({ type: "integer", minimum, maximum });

export const uint16 = integer(0, 2 ** 16 - 1);
export const uint32 = integer(0, 2 ** 32 - 1);
export const int32 = integer(-(2 ** 31), 2 ** 31 - 1);
export const uint64 = bigInteger(0, 2 ** 64);
export const int64 = bigInteger(-(2 ** 63), 2 ** 63);

/** A limit where -1 means "unlimited". */
export const limit = bigInteger(-1, 2 ** 63);

/** uid or gid. 4294967295 is (uid_t)-1, "leave as it is" to setresuid(2), never an identity. */
export const id = integer(0, 2 ** 32 - 2);

/** Device number, or -1 for "any" in a device rule. */
export const anyDeviceNumber = integer(-1, 2 ** 32 - 1);

export const text = Type.String();
export const flag = Type.Boolean();
export const texts = Type.Array(Type.String());
/** A map from free names to strings. */
export const textMap = Type.Record(Type.String(), Type.String());
