// test/specfile/problems.ts — specs in few words, and what is wrong with them as `line:column code`.
import { readSpec } from './read-spec.ts';

export const A = 'apiVersion: netctl/v1\n';

/** A spec with a network: its cidr stands at 5:11, what else is given begins at line 6. */
export function lab(more = '', cidr = '10.0.0.0/24'): string {
  return `${A}networks:\n  lab:\n    mode: flat-dhcp\n    cidr: ${cidr}\n${more}`;
}

/** And with an instance: what is given of its NIC begins at line 10, or further down by what the network has more. */
export function vm(nic: string, network = ''): string {
  return `${lab(network)}instances:\n  vm:\n    nics:\n      - network: lab\n${nic}`;
}

export function problemsOf(...texts: readonly string[]): readonly string[] {
  const read = readSpec(texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })));
  return (read.ok ? read.warnings : read.problems).map(({ at: [place, ...also], severity, code }) => {
    const spot = ({
      file,
      line,
      column,
    }: {
      readonly file: string;
      readonly line: number;
      readonly column: number;
    }): string => `${texts.length > 1 ? `${file}:` : ''}${line}:${column}`;
    return `${place === undefined ? '-' : spot(place)} ${severity === 'warning' ? 'warning ' : ''}${code}${also.length === 0 ? '' : `, also ${also.map(spot).join(' ')}`}`;
  });
}
