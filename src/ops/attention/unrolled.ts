/**
 * Unrolls loops of WGSL. A software adapter leaves loops as they are, and an array that is indexed by a counter is then
 * memory, not registers: attention is five times slower so. It knows loops of one form only, and no other WGSL.
 */

/**
 * Repeats the body of every `for (var counter = 0u; counter < COUNT; counter++) { … }` whose COUNT is given, with the
 * counter's value in its place. Such a body has no `break` and no `continue` of its own.
 * @param counts how often, by the name of the constant
 */
export function unrolled(code: string, counts: Readonly<Record<string, number>>): string {
  const names = Object.keys(counts).join('|');
  const loop = new RegExp(`for \\(var (?<counter>\\w+) = 0u; \\k<counter> < (?<count>${names}); \\k<counter>\\+\\+\\) \\{`).exec(code);
  if (!loop?.groups) return code;
  const { counter = '', count = '' } = loop.groups;
  const from = loop.index + loop[0].length;
  const to = closingBrace(code, from);
  const body = unrolled(code.slice(from, to), counts);
  const mention = new RegExp(`\\b${counter}\\b`, 'g');
  const turns = Array.from({ length: counts[count] as number }, (_, turn) => `{${body.replace(mention, `${turn}u`)}}`);
  return code.slice(0, loop.index) + turns.join('\n') + unrolled(code.slice(to + 1), counts);
}

/** Where the block ends whose text begins at `from`. */
function closingBrace(code: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; depth > 0 && at < code.length; at++) depth += code[at] === '{' ? 1 : code[at] === '}' ? -1 : 0;
  return at - 1;
}
