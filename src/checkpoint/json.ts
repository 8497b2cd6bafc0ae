/**
 * JSON files that can be written as they were read. Parsing turns 1.0 into 1, and transformers refuses a
 * configuration with an integer where it wants a float; so the text of what was parsed here is remembered.
 */
const sources = new WeakMap<object, string>();

/** Throws a SyntaxError for what is not JSON. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null) sources.set(value, text);
  return value;
}

/** The text that the value was parsed from, while the value is still the same; else a plain rendering. */
export function formatJson(value: unknown): string {
  const source = typeof value === 'object' && value !== null ? sources.get(value) : undefined;
  const unchanged = source !== undefined && JSON.stringify(JSON.parse(source)) === JSON.stringify(value);
  return unchanged ? source : JSON.stringify(value, null, 2);
}
