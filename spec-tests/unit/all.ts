// Imports every unit test of runtime/: scripts/unit-tests.ts fills it in.

export {};
