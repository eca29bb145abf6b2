// report/format.ts — instants, ages, counts and lists as a person reads them.

/** `13:05:07`, in UTC. */
export function timeOf(instant: string): string {
  return instant.slice(11, 19);
}

/** `13:05:07`, with the date where it is another day; in UTC. */
export function whenOf(instant: string, now: Date): string {
  return instant.slice(0, 10) === now.toISOString().slice(0, 10)
    ? timeOf(instant)
    : `${instant.slice(0, 10)} ${timeOf(instant)}`;
}

/** `12 s`, `2 h 3 min`, `5 d 1 h`: the two largest units. */
export function spanOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  // Seconds beside minutes only: beside hours nobody wants them.
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** How long ago that was. A clock that was set back makes it now. */
export function ageOf(instant: string, now: Date): string {
  return spanOf((now.getTime() - Date.parse(instant)) / 1000);
}

/** `0.04 s`, `3 ms`. */
export function durationOf(seconds: number): string {
  return seconds < 0.01
    ? `${Math.round(seconds * 1000)} ms`
    : `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0)} s`;
}

/** `a, b, c and 4 more`: the first ones by name. */
export function listed(names: readonly string[], most: number): string {
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** `1 change`, `3 changes`; `1 try`, `3 tries`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
