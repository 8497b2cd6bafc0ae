/** Hands a file to the browser's downloads. */
export function saveAs(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; released at once, some browsers would find nothing to read.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
