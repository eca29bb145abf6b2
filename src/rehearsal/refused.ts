// rehearsal/refused.ts — which lines of an `ip -force -batch` were refused, and with what words.

/** By what it said: complaints, each followed by the number of its line. */
export function refusedLines(
  lines: readonly string[],
  stderr: string,
): readonly { readonly line: string; readonly said: string }[] {
  const found: { line: string; said: string }[] = [];
  let said: string[] = [];
  for (const text of stderr.split('\n')) {
    const number = /^Command failed -:(\d+)$/.exec(text)?.[1];
    if (number === undefined) {
      if (text.trim() !== '') said.push(text.trim());
      continue;
    }
    found.push({ line: lines[Number(number) - 1] ?? '', said: said.join('; ') });
    said = [];
  }
  return found;
}

/** A stand-in for what could be made after all, or what every namespace is born with. */
export function isNeedless({ line, said }: { readonly line: string; readonly said: string }): boolean {
  return (
    (/^link add .* type veth peer /.test(line) && /File exists/.test(said)) ||
    (/^tuntap add .* mode tun$/.test(line) && /Device or resource busy/.test(said))
  );
}
