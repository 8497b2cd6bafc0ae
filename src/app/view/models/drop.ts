/** Takes files that are dropped on a part of the page, and lets those fall that miss it. */
import { useEffect, useState } from 'preact/hooks';

export interface Drop {
  /** Whether something is being held over it. */
  over: boolean;
  on: { onDragOver(event: DragEvent): void; onDragLeave(event: DragEvent): void; onDrop(event: DragEvent): void };
}

export function useDrop(take: (transfer: DataTransfer) => void): Drop {
  const [over, setOver] = useState(false);
  return {
    over,
    on: {
      onDragOver: (event) => {
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: ({ currentTarget, relatedTarget }) => {
        // Going over a part of it is not leaving it.
        if (!(currentTarget instanceof Element && relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false);
      },
      onDrop: (event) => {
        event.preventDefault();
        setOver(false);
        if (event.dataTransfer !== null) take(event.dataTransfer);
      },
    },
  };
}

const ignore = (event: Event) => event.preventDefault();

/** For a screen that takes files: one that misses its place would be opened by the browser, in place of the page and all that it holds. */
export function useNoStrayDrops(): void {
  useEffect(() => {
    window.addEventListener('dragover', ignore);
    window.addEventListener('drop', ignore);
    return () => {
      window.removeEventListener('dragover', ignore);
      window.removeEventListener('drop', ignore);
    };
  }, []);
}
