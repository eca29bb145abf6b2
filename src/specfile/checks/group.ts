// specfile/checks/group.ts — things sorted into groups by a word of theirs.

/** Things by a word of theirs, in the order they come. */
export function grouped<T>(things: Iterable<T>, wordOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(wordOf(thing));
    if (group === undefined) groups.set(wordOf(thing), [thing]);
    else group.push(thing);
  }
  return groups;
}
