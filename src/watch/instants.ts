// watch/instants.ts — instants of the monotonic clock as the dates that people read.

/** The date of an instant of `performance.now()`; the present one, where none is given. */
export function iso(instant?: number): string {
  return new Date(Date.now() + (instant === undefined ? 0 : instant - performance.now())).toISOString();
}
