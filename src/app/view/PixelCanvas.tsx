/** An image of the data set on a canvas, fetched from the conductor by name. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Conductor } from '../../../workers/protocol';

export function PixelCanvas({ conductor, image }: { conductor: Conductor; image: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    let wanted = true;
    setMissing(false);
    conductor.pixels(image).then(({ width, height, data }) => {
      if (!wanted || canvas.current === null) return;
      canvas.current.width = width;
      canvas.current.height = height;
      canvas.current.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    }, () => wanted && setMissing(true));
    return () => { wanted = false; };
  }, [conductor, image]);
  return <canvas class="pixels" ref={canvas} width={64} height={64} role="img" aria-label={missing ? `Image ${image} cannot be shown` : `Image ${image}`} data-missing={missing} />;
}
