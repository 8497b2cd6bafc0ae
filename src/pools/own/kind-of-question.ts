/** The kind of a question, for accuracy by kind: what data of one's own does not say is told from how the question begins. */

const kinds: readonly [kind: string, begins: RegExp][] = [
  ['how many', /^how (many|much)\b/],
  ['where', /^(where|on which|in which)\b/],
  ['who', /^(who|whose)\b/],
  ['when', /^when\b/],
  ['why', /^why\b/],
  ['how', /^how\b/],
  ['what', /^(what|which|name)\b/],
  ['yes or no', /^(is|are|was|were|do|does|did|can|could|has|have|will|would|should)\b/],
];

/** As `how many`; `other` for what no English question begins with. */
export function kindOfQuestion(instruction: string): string {
  const text = instruction.trim().toLowerCase();
  return kinds.find(([, begins]) => begins.test(text))?.[0] ?? 'other';
}
