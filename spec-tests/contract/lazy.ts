// Becomes a chunk of its own.

export function lazy(): string {
  return "loaded lazily";
}
