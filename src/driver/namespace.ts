// driver/namespace.ts — the same command, in a network namespace.

/** `ip` goes there by itself; every other tool is taken there. */
export function inNamespace(argv: readonly string[], netns: string | undefined): readonly string[] {
  if (netns === undefined) return argv;
  const [tool = '', ...rest] = argv;
  return tool === 'ip' ? ['ip', '-n', netns, ...rest] : ['ip', 'netns', 'exec', netns, ...argv];
}
