// test/house/sample/keys.ts — `consoles` and `instances.*.console`: from where the console of an instance is reached.
import type { Path } from '../../../src/core/resource.ts';
import type { Cidr } from '../../../src/net/ip.ts';
import { cidr } from '../../../src/specfile/forms.ts';
import type { InstanceText, SpecFile } from '../../../src/specfile/generated/types.ts';
import { keys } from '../../../src/specfile/extension.ts';

export interface Console {
  readonly instance: string;
  readonly host: string;
  /** Name of its access. */
  readonly access: string;
  /** Absent: there is no such access. */
  readonly from?: Cidr<4>;
  readonly path: Path;
}

/** What `npm run gen` would say in generated/types.ts, were the fragment below src/. */
interface Texts extends SpecFile {
  readonly consoles?: Readonly<Record<string, { readonly from: string }>>;
  readonly instances?: Record<string, InstanceText & { readonly console?: string }>;
}

export const consoles = keys<readonly Console[]>([], ({ spec, text }, reader) => {
  const { consoles = {}, instances = {} } = text as Texts;
  const from = new Map(
    Object.entries(consoles).map(([name, access]) => [
      name,
      reader.read(cidr, access.from, ['consoles', name, 'from']),
    ]),
  );
  return spec.instances.flatMap(({ name, host, path }) => {
    const access = instances[name]?.console;
    if (access === undefined) return [];
    const found = from.get(access);
    return [
      { instance: name, host, access, path: [...path, 'console'], ...(found === undefined ? {} : { from: found }) },
    ];
  });
});
