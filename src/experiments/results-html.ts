/** An experiment's results as a page beside the reports of its runs: plot, differences, table, and every run by its link. */
import { experimentOf, type ExperimentName } from './catalogue';
import { escapeHtml, figureHtml, tableHtml } from './markup';
import { anchorOf, plotSvg, reportPath } from './plot-svg';
import { reportStyle } from './report-style';
import type { Point, Results } from './results';
import { differenceName, differenceText, pointCells, pointHeads, seedText, verdict } from './words';

const style = `
${reportStyle}
a { color: var(--student); stroke: none; }
.runs li { padding-block: 0.3rem; border-bottom: 1px solid var(--grid); }
.runs li:target { background: var(--grid); }
figure { margin-bottom: 2.5rem; }
.runs a { white-space: nowrap; }
.runs, .names { padding: 0; list-style: none; }
.wrong { color: var(--teacher); }
`;

/** `plot.svg` must lie beside it, and the runs in `../runs/`. */
export function resultsHtml(results: Results): string {
  const { title, question, claim } = experimentOf(results.experiment);
  const { preset, seeds, overrides } = results.wish;
  const byHand = Object.entries(overrides).map(([setting, value]) => `${setting} ${value}`);
  const asked = [`Preset ${preset}`, `seeds 1 to ${seeds}`, ...byHand].join(', ');
  return pageHtml(title, `
<p><a href="../index.html">All experiments</a></p>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(question)} ${claim === null ? 'The paper claims nothing here.' : `The paper: ${escapeHtml(claim)}`}</p>
<p class="aside">${escapeHtml(asked)}. Every run's settings stand in its report.</p>
<h2>What came of it</h2>
${figureHtml('Accuracy.', 'On held-out items, at the end of a run unless the axis says otherwise. A point leads to its runs, a run to its report.', plotSvg(results), true)}
${differenceTable(results)}
${tableHtml('In numbers', ['Variant', ...pointHeads], results.points.map((point) => [point.variant, ...pointCells(point)]))}
<h2>Runs</h2>
<ul class="runs">
${results.points.map(runsOf).join('\n')}
</ul>
<p><a href="results.json">results.json</a>, <a href="results.csv">results.csv</a>, <a href="plot.svg">plot.svg</a></p>`);
}

/** The page that leads to the experiments of a folder. */
export function contentsHtml(names: readonly ExperimentName[]): string {
  const items = names.map((name) => {
    const { title, question } = experimentOf(name);
    return `<li><a href="${name}/index.html">${escapeHtml(title)}</a>: ${escapeHtml(question)}</li>`;
  });
  return pageHtml('Experiments', `<h1>Experiments</h1>\n<ul class="names">\n${items.join('\n')}\n</ul>`);
}

function pageHtml(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · CoMD</title><style>${style}</style></head>
<body>
<main>${body}
</main>
</body>
</html>
`;
}

function differenceTable({ differences }: Results): string {
  return tableHtml('Differences within the same seed', ['Difference', 'Accuracy', 'Seeds', 'At 95 %'], differences.map((difference) => [
    differenceName(difference), differenceText(difference.estimate), String(difference.estimate?.count ?? 0), verdict(difference),
  ]));
}

function runsOf({ variant, measured, failures }: Point, place: number): string {
  const links = measured.map((one) => `<a href="${reportPath(one.run)}">${escapeHtml(seedText(one))}</a>`);
  const failed = failures.map(({ seed, message }) => `<span class="wrong">seed ${seed} failed: ${escapeHtml(message)}</span>`);
  const all = [...links, ...failed].join(', ');
  return `<li id="${anchorOf(place)}"><strong>${escapeHtml(variant)}</strong> ${all === '' ? 'not measured' : all}</li>`;
}
