/** A table of texts that scrolls in its own box; the first cell of every row is its heading. */

interface Props {
  caption: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}

export function ResultTable({ caption, heads, rows }: Props) {
  return (
    <div class="scroller" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {rows.map(([name, ...cells]) => (
            <tr key={name}><th scope="row">{name}</th>{cells.map((cell, index) => <td key={heads[index + 1]}>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
