/**
 * Captions of COCO's format: `{images: [{id, file_name}], annotations: [{id, image_id, caption}]}`, in either order. Each annotation is
 * a row. One name a picture is kept, nothing of the annotations: where they come before the images, the file is read twice.
 */
import * as v from 'valibot';
import { RowId } from '../llava';
import { parseRow } from './json';
import { jsonPieces, type JsonPiece } from './json-pieces';
import { plainIssue } from './plain-issue';
import type { Imported, NamedFile } from './row';
import type { SeenIds } from './seen-ids';
import { refuse, taken } from './take-row';
import { textOf, type Encoding } from './text';

const Image = v.object({ id: RowId, file_name: v.pipe(v.string(), v.nonEmpty()) });
const Annotation = v.object({ id: v.nullish(RowId), image_id: RowId, caption: v.pipe(v.string(), v.trim(), v.nonEmpty()) });
const known = new Set(Object.keys(Annotation.entries));

/** Rows counted from 1 within `annotations`; an image that cannot be read is a fault too, counted within `images`. Throws `data/unreadable`. */
export async function* cocoRows(file: NamedFile, encoding: Encoding, seen: SeenIds): AsyncGenerator<Imported> {
  const names = new Map<string, string>();
  /** Whether the images have come by, and whether that was ahead of their place. */
  let [came, ahead] = [false, false];
  for await (const piece of jsonPieces(file.name, textOf(file, encoding))) {
    if (piece.key === 'images' && !ahead) {
      came = true;
      yield* keepImage(file.name, piece, names);
    } else if (piece.key === 'annotations') {
      if (!came) {
        yield* keepImages(file, encoding, names);
        [came, ahead] = [true, true];
      }
      yield takeAnnotation(file.name, piece, names, seen);
    }
  }
}

async function* keepImages(file: NamedFile, encoding: Encoding, names: Map<string, string>): AsyncGenerator<Imported> {
  for await (const piece of jsonPieces(file.name, textOf(file, encoding))) {
    if (piece.key === 'images') yield* keepImage(file.name, piece, names);
  }
}

/** Keeps the name of a picture; yields a fault where there is none. */
function* keepImage(file: string, piece: JsonPiece, names: Map<string, string>): Generator<Imported> {
  const field = `images[${piece.row - 1}]`;
  const { value, trouble } = valueOf(piece);
  const image = v.safeParse(Image, value);
  if (trouble !== undefined) {
    yield refuse({ file, row: piece.row }, field, trouble);
  } else if (!image.success) {
    const issue = plainIssue(image.issues[0]);
    yield refuse({ file, row: piece.row }, issue.field === '' ? field : `${field}.${issue.field}`, issue.reason);
  } else {
    names.set(image.output.id, image.output.file_name);
  }
}

function takeAnnotation(file: string, piece: JsonPiece, names: ReadonlyMap<string, string>, seen: SeenIds): Imported {
  const place = { file, row: piece.row };
  const { value, trouble } = valueOf(piece);
  if (trouble !== undefined) return refuse(place, '', trouble);
  const annotation = v.safeParse(Annotation, value);
  if (!annotation.success) {
    const { field, reason } = plainIssue(annotation.issues[0]);
    return refuse(place, field, reason);
  }
  const { id, image_id, caption } = annotation.output;
  const image = names.get(image_id);
  if (image === undefined) return refuse(place, 'image_id', `is ${image_id}, which no entry of "images" has`);
  const ignored = Object.keys(value as object).filter((field) => !known.has(field));
  return taken(place, { id: id ?? undefined, image, caption, exchanges: [] }, ignored, seen);
}

function valueOf({ text, trouble }: JsonPiece): { value?: unknown; trouble?: string } {
  return trouble === undefined ? parseRow(text) : { trouble };
}
