/** The stylesheet of a report: it travels inside the file, so that the file needs nothing else. */
export const reportStyle = `
:root { color-scheme: light dark; --paper: #f6f2e8; --sheet: #fdfbf5; --grid: #e6e0d0; --rule: #c9c1ac; --ink: #1c2430; --ink-2: #545b66; --student: #1d4f9c; --faint: #a9bfe0; --teacher: #a8321b; --difficult: #b5561c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181f; --sheet: #1a1f28; --grid: #272e39; --rule: #414a58; --ink: #e8e4da; --ink-2: #a7aeb9; --student: #8bb6f7; --faint: #3f5b85; --teacher: #f39a82; --difficult: #d98a4e; }
}
body { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1, h2, caption, figcaption strong { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, "Liberation Serif", serif; font-weight: 600; line-height: 1.2; }
h1 { margin: 0; font-size: 2.25rem; }
h2 { margin: 3rem 0 1rem; font-size: 1.5rem; }
.lead { margin: 0.5rem 0 0; font-size: 1.125rem; }
.aside, figcaption, .lead small { color: var(--ink-2); }
.health li { margin-bottom: 0.6rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 2rem; }
figure { margin: 0; }
figure.wide { grid-column: 1 / -1; min-width: 0; }
figure.wide svg { min-width: 44rem; }
figcaption { margin-bottom: 0.4rem; font-size: 0.9375rem; }
figcaption strong { color: var(--ink); font-size: 1.0625rem; }
svg { display: block; width: 100%; height: auto; border-block: 1px solid var(--rule); background: var(--sheet); }
svg text { fill: var(--ink-2); font: 12px ui-sans-serif, system-ui, "Liberation Sans", sans-serif; }
.grid { stroke: var(--grid); fill: none; }
.stage { stroke: var(--rule); }
.student { stroke: var(--student); } .teacher { stroke: var(--teacher); }
.line { fill: none; stroke-width: 2; }
.faint { stroke: var(--faint); fill: none; }
.dashed { stroke-dasharray: 5 4; } .dotted { stroke: var(--ink-2); stroke-dasharray: 1.5 4; }
.dot { fill: var(--student); }
svg text.student { fill: var(--student); stroke: none; } svg text.teacher { fill: var(--teacher); stroke: none; }
.filled { fill: var(--student); } .open { fill: var(--sheet); stroke: var(--student); }
.easy { fill: var(--faint); } .difficult { fill: var(--difficult); }
.tau { stroke: var(--ink); } svg text.tau { fill: var(--ink); stroke: none; font-weight: 600; }
.scroller { overflow-x: auto; }
table { width: 100%; margin-bottom: 2rem; border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 0.4rem; text-align: left; font-size: 1.0625rem; }
th, td { padding: 0.35rem 0.6rem; text-align: right; white-space: nowrap; font-weight: 400; }
th:first-child { padding-left: 0; text-align: left; }
thead th { border-bottom: 1px solid var(--ink-2); font-size: 0.8125rem; color: var(--ink-2); }
tbody tr { border-bottom: 1px solid var(--grid); }
`;
