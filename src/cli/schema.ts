// cli/schema.ts — the spec's JSON Schema, as it is published.
import schema from '../../schemas/spec.schema.json' with { type: 'json' };

export function schemaText(): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
