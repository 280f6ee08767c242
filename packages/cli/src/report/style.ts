/** The style of the page, light and dark, for wide and narrow windows and for paper. */
export const style = `
:root { color-scheme: light dark; --page: #ffffff; --card: #f5f6f8; --text: #1c2330; --quiet: #5b6575; --line: #d9dde4;
  --accent: #2f6fdb; --good: #1c7f46; --bad: #c23b22; --head: #5b45b0; --medium: #12908c; --tail: #c98a00;
  --run-0: #2f6fdb; --run-1: #d9541e; --run-2: #2e8b3d; --run-3: #c2408f; --run-4: #8a6642; --run-5: #5f6b7a; --run-6: #0d95b5; --run-7: #8a5bd6; }
@media (prefers-color-scheme: dark) { :root { --page: #14181f; --card: #1e242e; --text: #e6e9ef; --quiet: #a0a9b8; --line: #363e4b;
  --accent: #6fa0f7; --good: #55c884; --bad: #f1806a; --head: #a797ef; --medium: #3fc1ba; --tail: #efb93f;
  --run-0: #6fa0f7; --run-1: #f58a5b; --run-2: #62c273; --run-3: #ea7fc0; --run-4: #c79f78; --run-5: #a5b0be; --run-6: #4cc4e0; --run-7: #b995f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1180px; padding: 24px 20px 60px; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 1.25rem; margin: 0 0 4px; }
h3 { font-size: 1rem; margin: 20px 0 6px; }
section { margin-top: 44px; }
p { margin: 6px 0; max-width: 78ch; }
.facts, .lead, .note, figcaption small { color: var(--quiet); }
.note { font-size: .875rem; }
.verdict { font-size: 1.12rem; margin: 16px 0; }
nav { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 14px 0; font-size: .9rem; }
a { color: var(--accent); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: 12px; margin: 16px 0; }
.tile { background: var(--card); border-radius: 8px; padding: 12px 14px; border-top: 4px solid var(--line); }
.tile .what { color: var(--quiet); font-size: .875rem; }
.tile .value { font-size: 1.7rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile .value small { font-size: .875rem; font-weight: 400; color: var(--quiet); }
.tile .who { font-weight: 600; }
.tile .versus { font-size: .875rem; color: var(--quiet); }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); gap: 18px 22px; margin: 14px 0; }
figure { margin: 0; min-width: 0; max-width: 380px; }
figcaption { font-size: .9rem; font-weight: 600; margin-bottom: 2px; }
figcaption small { font-weight: 400; display: block; }
svg.plot { display: block; width: 100%; height: auto; overflow: visible; background: none; }
svg.plot text, svg.plot tspan { white-space: pre; }
.on-narrow { display: none; }
@media (max-width: 719px) { .on-wide { display: none; } .on-narrow { display: block; } }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; margin: 10px 0; font-size: .875rem; }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.table { margin: 8px 0; }
.scroll { overflow: auto; max-height: 70vh; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: 4px 10px; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: top; }
th { position: sticky; top: 0; background: var(--card); white-space: normal; overflow-wrap: normal; vertical-align: bottom; }
td:first-child { white-space: normal; min-width: 9em; max-width: 26em; }
td.number, th.number { text-align: right; }
td.best { font-weight: 700; }
tbody tr:last-child td { border-bottom: 0; }
details { margin: 10px 0; }
summary { cursor: pointer; color: var(--accent); }
button.copy { font: inherit; font-size: .8125rem; margin: 4px 0; padding: 3px 10px; border: 1px solid var(--line); border-radius: 6px;
  background: var(--card); color: inherit; cursor: pointer; }
textarea.csv { width: 100%; height: 8em; font: .8125rem monospace; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(160px, 100%), 1fr)); gap: 14px; margin: 12px 0; padding: 0; list-style: none; }
@media (min-width: 720px) { .pictures { grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); } }
.picture { background: var(--card); border-radius: 8px; overflow: hidden; font-size: .875rem; }
.picture img, .picture .no-image { display: flex; width: 100%; height: 160px; object-fit: contain; background: var(--line); }
.picture .no-image { align-items: center; justify-content: center; color: var(--quiet); }
.picture .about { padding: 8px 10px 10px; }
.picture .file { color: var(--quiet); font-size: .8125rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.picture h4 { margin: 6px 0 0; font-size: .8125rem; font-weight: 400; color: var(--quiet); }
.picture ul { margin: 0; padding: 0; list-style: none; }
.picture li { display: flex; justify-content: space-between; gap: 8px; }
.picture li bdi { min-width: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.picture li span { flex: none; white-space: nowrap; font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); }
@media print { .copy, nav { display: none; } .scroll { max-height: none; } section { break-inside: avoid-page; } }
`
