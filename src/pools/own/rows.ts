/**
 * What is stored of own data, row by row. Rows of a kind are counted from 0 without gaps, so that drawing one by its number is one
 * read. Types only; how they are stored is `database.ts`.
 */

/**
 * `record`: may be learned from. `pair`: a caption for stage 1. `test`: held out. `aside`: a caption of a held-out picture.
 * `picture`: the name of a picture that may enter a pool. `unasked`: the name of one of them that no record is about.
 */
export type OwnKind = 'record' | 'pair' | 'test' | 'aside' | 'picture' | 'unasked';

interface Numbered<K extends OwnKind> {
  set: string;
  kind: K;
  ordinal: number;
  /** Name of the picture in its data set; empty for none. */
  image: string;
}
export interface AskedRow extends Numbered<'record' | 'test'> {
  /** The id that the row had in its file, with the number of the exchange where it had several. */
  rowId: string;
  instruction: string;
  answer: string;
}
export interface CaptionRow extends Numbered<'pair' | 'aside'> {
  rowId: string;
  caption: string;
}
export type NameRow = Numbered<'picture' | 'unasked'>;
export type OwnRow = AskedRow | CaptionRow | NameRow;
/** The rows of a kind. */
export type RowOf<K extends OwnKind> = K extends AskedRow['kind'] ? AskedRow : K extends CaptionRow['kind'] ? CaptionRow : NameRow;

/** A picture as it was given, once however many rows name it. */
export interface PictureRow {
  set: string;
  /** SHA-256 of its bytes in hexadecimal, and the extension of its format. */
  image: string;
  bytes: Blob;
  width: number;
  height: number;
}

/** That a row asks something about a picture. */
export interface MentionRow {
  set: string;
  image: string;
}

/** An item of a benchmark by the hash of its content (`test-items.ts`). */
export interface HeldRow {
  hash: string;
  set: string;
}
