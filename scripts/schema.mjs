// scripts/schema.mjs — the spec's JSON Schema: what a document is made of.

/** The keys of a document, by what documents of one spec are merged as: maps by name, or lists. */
export function sectionsOf(schema) {
  const typed = (type) =>
    Object.entries(schema.properties)
      .filter(([, its]) => (its.type ?? definition(schema, its.$ref)?.type) === type)
      .map(([name]) => name);
  return { maps: typed('object'), lists: typed('array') };
}

function definition(schema, ref = '') {
  return schema.$defs[ref.replace('#/$defs/', '')];
}
