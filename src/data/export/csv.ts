/** Records as CSV (RFC 4180), written row by row. `import/csv.ts` reads it. */
import type { Records } from './llava';

/** With the header id, image, question, answer; `imageFile` turns the name of an image into the name of its file. */
export async function* csvText(records: Records, imageFile: (image: string) => string = (image) => image): AsyncGenerator<string> {
  yield 'id,image,question,answer\r\n';
  for await (const { id, image, instruction, answer } of records) {
    yield `${[id, image === '' ? '' : imageFile(image), instruction, answer].map(quoted).join(',')}\r\n`;
  }
}

/** What would end a field or a row is put in quotation marks; a semicolon or a tab too, since some programs take it for the comma. */
function quoted(field: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
