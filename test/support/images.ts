/** Images of fixtures; without a file system, so that browsers can use it too. */
export interface StoredImage {
  width: number;
  height: number;
  /** Base64. */
  rgba: string;
}

/** An image of a fixture as pixels. */
export function toPixels({ width, height, rgba }: StoredImage): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  return { width, height, data: Uint8ClampedArray.from(atob(rgba), (char) => char.charCodeAt(0)) };
}
