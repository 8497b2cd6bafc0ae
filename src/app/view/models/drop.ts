/** Takes files that are dropped on a part of the page. */
import { useState } from 'preact/hooks';

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
