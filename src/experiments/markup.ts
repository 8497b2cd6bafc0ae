/** HTML as text, safely: escaping and tables. For files that are written, not for the page. */

/** Text with the characters that HTML gives a meaning to written as entities; for content and quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A table of texts; the first cell of every row is its heading. Escapes everything. */
export function tableHtml(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map(([name = '', ...cells]) => (
    `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`
  )).join('\n');
  return scrollerHtml(caption, `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`);
}

/** A captioned drawing. `svg` is markup and stays as it is. */
export function figureHtml(title: string, caption: string, svg: string, wide = false): string {
  const drawing = wide ? scrollerHtml(title, svg) : svg;
  return `<figure${wide ? ' class="wide"' : ''}><figcaption><strong>${escapeHtml(title)}</strong> ${escapeHtml(caption)}</figcaption>${drawing}</figure>`;
}

/** What may be wider than the window: it scrolls by itself, also by keyboard. */
function scrollerHtml(name: string, content: string): string {
  return `<div class="scroller" role="region" aria-label="${escapeHtml(name)}" tabindex="0">${content}</div>`;
}
