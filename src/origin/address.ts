// origin/address.ts — a repository's URL and a ref as the operator writes them: checked, and without what must not be
// shown.
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { OriginError } from './origin.ts';

export interface Address {
  /** As Git is told it. A password is not in it: the arguments of a process are for everybody to see. */
  readonly url: string;
  /** As people are shown it. */
  readonly shown: string;
  /** The line of a credential store that holds the password. */
  readonly credential?: string;
  /** A directory of this host. */
  readonly local?: string;
}

/** Understands a URL as Git does, apart from what would run a program that the URL names. */
export function addressOf(url: string): Address {
  if (url === '' || url.startsWith('-') || /^[\w.+-]+::/.test(url) || hasControl(url))
    throw new OriginError('refused', `${JSON.stringify(withoutSecrets(url))} is not the URL of a repository`);
  const [, scheme = '', user, rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/]*)@)?(.*)$/i.exec(url) ?? [];
  if (scheme === '')
    return /^[^/]+:/.test(url) ? { url, shown: url } : { url: resolve(url), shown: resolve(url), local: resolve(url) };
  if (scheme.toLowerCase() === 'file://') return { url, shown: url, local: decoded(rest) };
  const shown = scheme.toLowerCase().startsWith('ssh')
    ? `${scheme}${user === undefined ? '' : `${user.replace(/:.*/, '')}@`}${rest}`
    : `${scheme}${rest.replace(/[?#].*/, '')}`;
  if (!/^https?:/i.test(scheme) || user?.includes(':') !== true) return { url, shown };
  return { url: `${scheme}${rest}`, shown, credential: `${scheme}${user}@${rest.replace(/[/?#].*/, '')}` };
}

/** Refuses what `git fetch` would take for an option, a pattern or a pair of refs. */
export function checkedRef(ref: string): string {
  if (ref === '' || /^[-+^]|[\s:^~?*[\\]|\.\.|@\{/.test(ref) || hasControl(ref))
    throw new OriginError(
      'refused',
      `${JSON.stringify(ref)} is not a branch, a tag, a commit's id or the name of a ref`,
    );
  return ref;
}

/** Takes users and passwords out of every URL in a text, and what would move the cursor of whoever reads it. */
export function withoutSecrets(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/gi, '$1')
    .replace(/([?&][\w-]*(?:token|key|password|secret)[\w-]*=)[^\s&'"]*/gi, '$1…')
    .replace(/[^\P{Cc}\n]/gu, '');
}

/**
 * What Git has to be told is safe, though it belongs to somebody else: each directory that a local repository's name
 * may stand for.
 */
export function safeDirectories(local: string): readonly string[] {
  return [
    ...new Set([local, real(local)].flatMap((path) => [path, `${path}/.git`, `${path}.git`, `${path}.git/.git`])),
  ];
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
