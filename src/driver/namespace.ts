// driver/namespace.ts — the same command, in a network namespace.

/**
 * `ip` goes there by itself; every other tool is taken there. Names of namespaces are given and taken where netctl
 * runs: `ip -n` sees mounts of its own, and nobody else could enter what it made.
 */
export function inNamespace(argv: readonly string[], netns: string | undefined): readonly string[] {
  const [tool = '', ...rest] = argv;
  if (netns === undefined || (tool === 'ip' && rest[0] === 'netns' && ['add', 'delete'].includes(rest[1] ?? '')))
    return argv;
  return tool === 'ip' ? ['ip', '-n', netns, ...rest] : ['ip', 'netns', 'exec', netns, ...argv];
}
