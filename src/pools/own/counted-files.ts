/** Files that tell how much of them has been read, for the bar of an import. */
import type { NamedFile } from '../../data/import/row';

type Bytes = Uint8Array<ArrayBuffer>;

/** The files, of which each is told at most once: a picture is read to be checked and again to be stored. */
export function countedFiles(files: readonly NamedFile[], hear: (bytes: number) => void): NamedFile[] {
  return files.map((file) => {
    let read = 0;
    const moved = (bytes: number) => {
      const more = Math.min(bytes, file.size - read);
      read += more;
      if (more > 0) hear(more);
    };
    return {
      name: file.name,
      size: file.size,
      slice: async (start, end) => {
        const bytes = await file.slice(start, end);
        moved(bytes.length);
        return bytes;
      },
      stream: () => file.stream().pipeThrough(new TransformStream<Bytes, Bytes>({
        transform: (chunk, controller) => {
          moved(chunk.length);
          controller.enqueue(chunk);
        },
      })),
    };
  });
}
