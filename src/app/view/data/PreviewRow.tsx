/** One row as it would be taken: its picture, and what it says of it. */
import { useEffect, useState } from 'preact/hooks';
import type { DataPreview } from '../../../../workers/data-protocol';

type Shown = DataPreview['rows'][number];

/** A conversation of many turns is told by its first. */
const mostExchanges = 2;

export function PreviewRow({ row, picture }: Shown) {
  const { caption, exchanges } = row;
  const more = exchanges.length - mostExchanges;
  return (
    <li class="preview-row">
      <BlobPicture picture={picture} name={row.image} />
      <div>
        {caption !== null && <p class="answer">{caption}</p>}
        {exchanges.slice(0, mostExchanges).map(({ instruction, answer }, i) => (
          <p key={i}><span class="instruction">{instruction}</span> <span class="answer">{answer}</span></p>
        ))}
        {more > 0 && <p class="aside">and {more} more</p>}
        {caption === null && exchanges.length === 0 && <p class="aside">No words yet: the teacher writes the first instruction.</p>}
      </div>
    </li>
  );
}

function BlobPicture({ picture, name }: { picture: Blob | null; name: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (picture === null) return undefined;
    const made = URL.createObjectURL(picture);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  if (picture === null) return <span class="picture none">text alone</span>;
  return url === null ? <span class="picture" /> : <img class="picture" src={url} alt={name} />;
}
