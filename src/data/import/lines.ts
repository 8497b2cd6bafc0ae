/** The lines of a text that comes in chunks, without their ends (`\n` or `\r\n`). */

/** The longest row of text that is read, in UTF-16 units: a row that never ends must not fill the memory. */
export const longestRow = 2 ** 24;

/** What is said of a longer one. */
export const tooLong = `is longer than ${longestRow / 2 ** 20} Mi characters`;

/** Each line, or undefined for one that is longer than {@link longestRow}, of which nothing is kept. */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string | undefined> {
  let begun: string | undefined = '';
  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      yield line(extend(begun, chunk.slice(start, end)));
      [begun, start] = ['', end + 1];
    }
    begun = extend(begun, chunk.slice(start));
  }
  if (begun !== '') yield line(begun);
}

function extend(begun: string | undefined, more: string): string | undefined {
  return begun === undefined || begun.length + more.length > longestRow ? undefined : begun + more;
}

const line = (text: string | undefined): string | undefined => (text?.endsWith('\r') === true ? text.slice(0, -1) : text);
