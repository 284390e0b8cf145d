// How much longer than on a machine of its own everything may take: $SPEC_PATIENCE, a factor. Emulated machines need it.

const PATIENCE = Number(process.env.SPEC_PATIENCE ?? 1);

export function patiently(timeoutMs: number): number {
  return timeoutMs * PATIENCE;
}
