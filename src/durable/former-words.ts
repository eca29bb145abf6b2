// durable/former-words.ts — files of netctl as it was before 1.0, in the words that it has now.

/** JSON text → JSON text. What a spec says in a string of it has its quotes escaped, and is left as it is. */
export function inPresentWords(text: string): string {
  return text
    .replaceAll(
      /("is"|"phase"):(\s*)"tak(en|ing) back"/g,
      (_, key: string, space: string, ending: string) =>
        `${key}:${space}"${ending === 'en' ? 'rolled' : 'rolling'} back"`,
    )
    .replaceAll('"standsOn":', '"dependsOn":')
    .replaceAll(/"amiss":(?=\s*\[)/g, '"deviations":')
    .replaceAll(/"chosen":(?=\s*\{\s*"index":)/g, '"kernelAssigned":');
}

/** The object that a store was, or a generation's record has of one: its keys as they are called now. */
export function storeInPresentWords(store: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { resting: quarantined, rest: quarantineSeconds, former: originals, ...others } = store;
  return { ...others, quarantined, quarantineSeconds, originals };
}
