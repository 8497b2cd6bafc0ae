/** A picture that was picked, small. */
import { useEffect, useState } from 'preact/hooks';
import type { ShownImage } from '../../models/ask-session';

export function Picture({ image }: { image: ShownImage }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(image.file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image.file]);
  return url === null ? <span class="picture" /> : <img class="picture" src={url} alt={image.label} title={image.label} />;
}
